#!/usr/bin/env bash
# The step before `terraform apply`: requests access, and prints the ID of the request. docs/api.md
# DRAWBRIDGE is the address, DRAWBRIDGE_KEY the key of a service (`npx jit token new`), ATTEMPT the ID of the run: the same request
# is made once, however often the step runs. FROM is set where runners connect to machines from another address.
set -euo pipefail
call() { curl -sS --fail-with-body --max-time 60 -H "Authorization: Bearer $DRAWBRIDGE_KEY" -H 'Content-Type: application/json' "$@"; }
from=${FROM:-$(call "$DRAWBRIDGE/api/v1/whoami" | jq -er .address)}
asked=$(jq -n --arg machine "$MACHINE" --arg from "$from" --arg because "$REASON" \
  '{machine: $machine, ports: ["22"], for: "30m", from: $from, because: $because}')
call -H "Idempotency-Key: $ATTEMPT" -d "$asked" "$DRAWBRIDGE/api/v1/requests" | jq -er .request.id
