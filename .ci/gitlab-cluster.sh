# shellcheck shell=sh
# Read by the review jobs of .ci/gitlab.yml: the cluster that review stacks are put on, as the context `review`.
if [ -n "${AWS_ROLE:-}" ]; then
  aws eks update-kubeconfig --name "$REVIEW_CLUSTER" --region "$REVIEW_LOCATION" --alias review
else
  gcloud container clusters get-credentials "$REVIEW_CLUSTER" --location "$REVIEW_LOCATION" --dns-endpoint
  kubectl config rename-context "$(kubectl config current-context)" review
fi
