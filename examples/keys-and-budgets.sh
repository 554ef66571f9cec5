#!/bin/sh
# Teams, users, keys and budgets with curl alone: makes them, spends, exceeds the budget, blocks, rotates, deletes.
#
#   npx tollgate --config examples/keys-and-budgets.yaml &
#   LITELLM_MASTER_KEY=$(cat .tollgate/master-key) sh examples/keys-and-budgets.sh
set -eu

URL=${TOLLGATE_URL:-http://127.0.0.1:4000}
: "${LITELLM_MASTER_KEY:?set it to the master key; the first screen says where it is}"
RUN=$$

# ask METHOD PATH KEY [BODY]: leaves the status in $STATUS and the body in $REPLY.
ask() {
  REPLY=$(curl -s -X "$1" "$URL$2" -H "Authorization: Bearer $3" -H "Content-Type: application/json" ${4:+-d "$4"} -w '\n%{http_code}')
  STATUS=${REPLY##*"
"}
  REPLY=${REPLY%"
$STATUS"}
}
admin() { ask "$1" "$2" "$LITELLM_MASTER_KEY" "${3:-}"; }
chat() { ask POST /v1/chat/completions "$1" '{"model": "priced-demo", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}'; }

# text NAME, number NAME: the first member of that name in $REPLY.
text() { printf %s "$REPLY" | tr -d '\n' | sed -n "s/^[^\"]*\(.*\)/\1/; s/\"$1\": *\"/\n/; s/^[^\n]*\n\([^\"]*\)\".*/\1/p"; }
number() { printf %s "$REPLY" | tr -d '\n' | sed -n "s/\"$1\": */\n/; s/^[^\n]*\n\([0-9.e-]*\).*/\1/p"; }

# expect STATUS WHAT: ends the script when the answer is another.
expect() {
  if [ "$STATUS" != "$1" ]; then
    echo "$2: expected $1, got $STATUS: $REPLY" >&2
    exit 1
  fi
  echo "$2: $STATUS"
}

admin POST /team/new "{\"team_alias\": \"research-$RUN\", \"models\": [\"priced-demo\"], \"max_budget\": 10, \"budget_duration\": \"30d\"}"
expect 200 "make a team"
TEAM=$(text team_id)

admin POST /user/new "{\"user_email\": \"ada-$RUN@example.com\", \"auto_create_key\": false}"
expect 200 "make a user"
ADA=$(text user_id)

admin POST /team/member_add "{\"team_id\": \"$TEAM\", \"member\": {\"role\": \"user\", \"user_id\": \"$ADA\"}}"
expect 200 "put her into the team"

admin POST /key/generate "{\"key_alias\": \"ada-$RUN\", \"team_id\": \"$TEAM\", \"user_id\": \"$ADA\", \"max_budget\": 0.15, \"duration\": \"30d\"}"
expect 200 "make a key that may spend \$0.15"
KEY=$(text key)

chat "$KEY"
expect 200 "chat with the key"

# The books are written within a second.
SPENT=0
TRIES=0
while [ "$SPENT" = 0 ] && [ "$TRIES" -lt 50 ]; do
  sleep 0.2
  TRIES=$((TRIES + 1))
  admin GET "/key/info?key=$KEY"
  SPENT=$(number spend)
done
echo "the key has spent \$$SPENT"
[ "$SPENT" != 0 ]

COUNT=1
while [ "$STATUS" = 200 ] && [ "$COUNT" -lt 50 ]; do
  COUNT=$((COUNT + 1))
  chat "$KEY"
done
expect 429 "call $COUNT exceeds the budget"
echo "  $(text message)"

admin POST /key/update "{\"key\": \"$KEY\", \"max_budget\": 5}"
expect 200 "raise the budget"
chat "$KEY"
expect 200 "chat goes on"

admin POST /key/block "{\"key\": \"$KEY\"}"
expect 200 "block the key"
chat "$KEY"
expect 403 "chat with a blocked key"
admin POST /key/unblock "{\"key\": \"$KEY\"}"
expect 200 "unblock it"

admin POST "/key/$KEY/regenerate" '{}'
expect 200 "rotate it"
NEW=$(text key)
chat "$KEY"
expect 401 "chat with the old key"
chat "$NEW"
expect 200 "chat with the new key"

admin GET "/team/info?team_id=$TEAM"
expect 200 "look at the team"
echo "the team has spent \$$(number spend)"

admin POST /key/delete "{\"keys\": [\"$NEW\"]}"
expect 200 "delete the key"
chat "$NEW"
expect 401 "chat with a deleted key"
admin POST /user/delete "{\"user_ids\": [\"$ADA\"]}"
expect 200 "delete the user"
admin POST /team/delete "{\"team_ids\": [\"$TEAM\"]}"
expect 200 "delete the team"
