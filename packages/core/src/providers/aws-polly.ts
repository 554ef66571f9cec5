/** Amazon Polly: speech from text; the model's name is the engine. */

import { awsPolly as side } from "../dialects/aws-polly/provider-side.ts";
import { awsAuth } from "./auth/aws.ts";
import { awsAddress, awsAddressHint, awsEnv, regionOf } from "./auth/aws-settings.ts";
import type { Provider } from "./provider.ts";

export const awsPolly: Provider = {
  name: "aws_polly",
  title: "Amazon Polly",
  docs: "https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html",
  auth: awsAuth({ service: "polly" }),
  settingsEnv: awsEnv,
  serve: (model, settings) => ({
    model,
    baseUrl: settings.api_base ?? awsAddress("polly", regionOf(settings)),
    addressHint: awsAddressHint,
    supports: { speak: new Set(["response_format", "voice"]) },
    sides: { speak: [side] },
  }),
};
