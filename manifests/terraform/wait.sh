#!/usr/bin/env bash
# What data.external runs: waits for the decision about a request, and tells where to connect. It only reads, as Terraform may run it
# at any time, in a plan too. The query comes as JSON on stdin, and the answer is an object of strings on stdout.
# https://registry.terraform.io/providers/hashicorp/external/latest/docs/data-sources/external
set -euo pipefail
query=$(cat)
id=$(jq -er .request <<< "$query")
address=$(jq -er .address <<< "$query")
[[ $id =~ ^[a-z0-9]+$ ]] || { echo 'The request is an ID such as 49u4jnv.' >&2; exit 1; }
for _ in $(seq 1 180); do
  request=$(curl -sS --fail-with-body --max-time 60 -H "Authorization: Bearer ${DRAWBRIDGE_KEY:?is not set}" "$address/api/v1/requests/$id" | jq -ec .request)
  status=$(jq -r .status <<< "$request")
  case "$status" in
    active)
      jq -e '.connect[0] | {host: .address, port: (.port | tostring)}' <<< "$request"
      exit 0 ;;
    pending | scheduled | activating) sleep "${POLL:-10}" ;;
    *) echo "Request $id is $status." >&2; exit 1 ;;
  esac
done
echo "Nobody decided about request $id in time." >&2
exit 1
