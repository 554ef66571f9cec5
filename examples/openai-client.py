"""Asks the gateway with OpenAI's Python client: pip install openai, then python examples/openai-client.py"""

import os
from pathlib import Path

from openai import OpenAI

base_url = os.environ.get("TOLLGATE_URL", "http://127.0.0.1:4000")
key = os.environ.get("LITELLM_MASTER_KEY") or Path(".tollgate/master-key").read_text().strip()
client = OpenAI(base_url=f"{base_url}/v1", api_key=key)

answer = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "Hello"}])
print(answer.choices[0].message.content)

stream = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "Hello again"}], stream=True)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

vectors = client.embeddings.create(model="demo", input=["one text", "another text"])
print(len(vectors.data), "vectors")
