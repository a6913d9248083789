# shellcheck shell=sh
# Read by the jobs of .ci/gitlab.yml that have a role in a cloud: puts the job's identity where the tools look for it.
# Google exchanges the token in the file for one of the service account, AWS one of the role; neither is a stored key.
if [ -n "${GOOGLE_WORKLOAD_IDENTITY_PROVIDER:-}" ]; then
  identity=$(mktemp -d)
  (umask 077 && printf '%s' "$GOOGLE_ID_TOKEN" > "$identity/token")
  # https://google.aip.dev/auth/4117
  cat > "$identity/google.json" <<JSON
{
  "type": "external_account",
  "audience": "//iam.googleapis.com/$GOOGLE_WORKLOAD_IDENTITY_PROVIDER",
  "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
  "token_url": "https://sts.googleapis.com/v1/token",
  "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/$GOOGLE_SERVICE_ACCOUNT:generateAccessToken",
  "credential_source": { "file": "$identity/token" }
}
JSON
  export GOOGLE_APPLICATION_CREDENTIALS="$identity/google.json"
  gcloud auth login --brief --cred-file="$GOOGLE_APPLICATION_CREDENTIALS"
  # What the cluster's kubeconfig calls for a token.
  command -v gke-gcloud-auth-plugin > /dev/null || {
    apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends google-cloud-cli-gke-gcloud-auth-plugin
  }
  if [ -n "${REGISTRY:-}" ]; then gcloud auth configure-docker "$REGISTRY" --quiet; fi
fi
if [ -n "${AWS_ROLE:-}" ]; then
  identity=$(mktemp -d)
  (umask 077 && printf '%s' "$AWS_ID_TOKEN" > "$identity/token")
  export AWS_ROLE_ARN="$AWS_ROLE" AWS_WEB_IDENTITY_TOKEN_FILE="$identity/token" AWS_ROLE_SESSION_NAME="gitlab-$CI_JOB_ID"
  if [ -n "${REGISTRY:-}" ] && command -v docker > /dev/null; then
    aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
  fi
fi
