/** Why an input was refused: which field, what is allowed. 400 for what is missing or unknown, 422 for values that do not fit. */

export class InputProblem extends Error {
  readonly status: 400 | 422;
  readonly param: string | null;

  constructor(status: 400 | 422, message: string, param: string | null) {
    super(message);
    this.name = "InputProblem";
    this.status = status;
    this.param = param;
  }
}
