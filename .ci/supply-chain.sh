#!/bin/sh
# Before images are deployed: looks for known holes that a newer package closes, and where SIGN_IMAGES is not "false" signs
# each image with the job's own identity (no key is stored) and puts a list of what is in it beside it.
#
#   .ci/supply-chain.sh FILE ISSUER IDENTITY
#
# FILE has one reference a line, as `npm run images -- STACK --references FILE` writes it. ISSUER and IDENTITY (a regular
# expression) say whose signature counts: an image that bears it is not signed again, because a registry whose tags never
# change would refuse that. Needs trivy; for signatures cosign and syft.
set -eu
references=$1 issuer=$2 identity=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

while IFS= read -r reference; do
  [ -n "$reference" ] || continue
  echo "== $reference"
  # What has no mended version yet stops nobody: there is nothing to do about it here.
  trivy image --scanners vuln --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 --no-progress "$reference"
  [ "${SIGN_IMAGES:-true}" != false ] || continue
  case $reference in
    *@sha256:*) ;;
    *) echo "$reference has no digest: only what cannot change is signed" >&2; exit 1 ;;
  esac
  if cosign verify --certificate-oidc-issuer "$issuer" --certificate-identity-regexp "$identity" "$reference" > /dev/null 2> "$work/why"; then
    echo "is signed already"
    continue
  fi
  syft scan "registry:$reference" --output "spdx-json=$work/sbom.json" --quiet
  cosign attest --yes --type spdxjson --predicate "$work/sbom.json" "$reference"
  # Last: whoever finds the signature finds the list as well.
  cosign sign --yes "$reference"
done < "$references"
