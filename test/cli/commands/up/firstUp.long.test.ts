import assert from "node:assert/strict";
import { test } from "node:test";
import { officialMachine, step } from "../../../support/officialMachine";
import { project } from "../../../support/project";
import { amazon, type Calls, changed, printed, refused, rightsQuestion, google as world } from "../../doctor/fakeHosts";

const preview = `echo '{"steps":[${step("create", "data")}]}'`;
const inProject = "--project switchboard-prod --format json";
const apis = `gcloud services list --enabled ${inProject}`;
const token = "gcloud auth application-default print-access-token";
/** A machine from which `gcloud auth application-default login` was run. */
const google: Calls = { ...world, [token]: printed("token") };
const yes = ["--production", "prod", "--yes"];

/** A machine whose backend has nothing of the stack, in front of a cloud that answers like this. */
const firstOf = (answers: Calls, cloud: "gcp" | "aws" = "gcp") =>
  officialMachine(preview, { known: [], resources: [], answers, cloud, bare: true });

/** Whatever makes something: in the backend, in a registry, in the cloud. */
const makes = /^(pulumi (stack init|preview|up)|docker (build|push)) /m;

test("a first up stops at everything that is certain to fail, all at once, before anything is made", () => {
  const { calls, up } = firstOf(
    changed(google, {
      [apis]: printed([{ config: { name: "compute.googleapis.com" } }]),
      [`gcloud compute regions describe europe-west1 ${inProject}`]: printed({
        quotas: [{ metric: "STATIC_ADDRESSES", limit: 1, usage: 1 }],
      }),
      [`gcloud container clusters describe ${project}-prod --location europe-west1 ${inProject}`]: printed({
        controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke-1.europe-west1.gke.goog" } },
      }),
    }),
  );
  const { status, stderr } = up(...yes);
  assert.equal(status, 1);
  assert.match(stderr, /the first up of prod would fail, so nothing was made:/);
  assert.match(stderr, /account: these APIs are not enabled in switchboard-prod: container\.googleapis\.com/);
  assert.match(stderr, /-> gcloud services enable container\.googleapis\.com/);
  assert.match(stderr, /quota\.static-addresses: quota STATIC_ADDRESSES: 1 for the entrance; 0 of 1 are free/);
  assert.match(
    stderr,
    new RegExp(`cluster\\.name: a cluster ${project}-prod is there, and the state of stack prod does not know`),
  );
  assert.match(stderr, /what to do: mend them all, then run this again; .*--despite quota\.static-addresses/);
  assert.doesNotMatch(calls(), makes);
});

test("on AWS likewise: six addresses where five are allowed", () => {
  const quota =
    "aws service-quotas get-service-quota --service-code ec2 --quota-code L-0263D0A3 --region eu-west-1 --output json";
  const { calls, switchboard } = firstOf(
    changed(amazon, { [quota]: printed({ Quota: { QuotaName: "EC2-VPC Elastic IPs", Value: 5 } }) }),
    "aws",
  );
  const { status, stderr } = switchboard("up", "prod-eks", "--production", "prod-eks", "--yes");
  assert.equal(status, 1, stderr);
  assert.match(stderr, /quota\.\S+: .*6 for .*; 5 of 5 are free in eu-west-1/);
  assert.match(stderr, /request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3/);
  assert.doesNotMatch(calls(), makes);
});

test("whoever knows better names what is to be overruled, and that is written down", () => {
  const answers = changed(google, { [apis]: printed([]) });
  const { calls, up } = firstOf(answers);
  const { status, stderr } = up(...yes, "--despite", "account,region");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /continuing despite account, as --despite says: these APIs are not enabled/);
  assert.match(stderr, /--despite region: nothing of that name stands in the way/);
  assert.match(calls(), /^pulumi up --yes /m);
});

test("what could not be asked is said and stops nothing", () => {
  const expired = "ERROR: (gcloud) There was a problem refreshing your current auth tokens: Reauthentication failed.";
  const cloud = Object.entries(google).map(([key, answer]): [string, unknown] =>
    /^gcloud (?!--version)/.test(key) ? [key, refused(expired)] : [key, answer],
  );
  const { status, stderr } = firstOf(Object.fromEntries(cloud)).up(...yes);
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    /not known \(account\): project switchboard-prod: ERROR: \(gcloud\) There was a problem refreshing/,
  );
  assert.match(stderr, /-> gcloud auth login/);
  assert.match(stderr, /not known \(rights\): .* could not be asked: ERROR: .*problem refreshing your current auth/);
  assert.match(stderr, /-> .*gcloud auth application-default login/);
});

test("a cloud that nobody reaches stops nothing", () => {
  const answers = Object.fromEntries(Object.entries(google).filter(([key]) => key !== rightsQuestion));
  const { status, stderr } = firstOf(answers).up(...yes);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /not known \(rights\): .*: cloudresourcemanager\.googleapis\.com does not answer/);
});

test("a log-in of gcloud alone stops it: the provider takes the application-default credentials", () => {
  const none =
    "ERROR: (gcloud.auth.application-default.print-access-token) Your default credentials were not found. To set up Application Default Credentials, see https://cloud.google.com/docs/authentication/external/set-up-adc for more information.";
  const { calls, up } = firstOf(changed(google, { [token]: refused(none) }));
  const { status, stderr } = up(...yes);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /rights\.credentials: there are no application-default credentials/);
  assert.doesNotMatch(calls(), makes);
});

test("without the cloud's CLI it is said what was not asked", () => {
  const answers = Object.fromEntries(Object.entries(google).filter(([key]) => !key.startsWith("gcloud ")));
  const { status, stderr } = firstOf(answers).up(...yes);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /not known \(account\): APIs: gcloud is not installed/);
  assert.match(stderr, /not known \(rights\): .* could not be asked: gcloud is not installed/);
});

test("a program without which the cluster gives no token stops it", () => {
  const answers = Object.fromEntries(
    Object.entries(google).filter(([key]) => !key.startsWith("gke-gcloud-auth-plugin ")),
  );
  const { status, stderr } = firstOf(answers).up(...yes);
  assert.equal(status, 1);
  assert.match(stderr, /tools: gke-gcloud-auth-plugin is not installed\n\s+-> gcloud components install/);
});

test("a second up asks nobody", () => {
  const { calls, up } = officialMachine(preview, { answers: google });
  assert.equal(up(...yes).status, 0);
  assert.doesNotMatch(calls(), /^(gcloud|aws) /m);
});

test("a state of providers and random values only is that of a stack of which nothing is there", () => {
  const urn = (type: string) => `urn:pulumi:prod::switchboard::${type}::x`;
  const resources = ["pulumi:pulumi:Stack", "pulumi:providers:gcp", "random:index/randomPassword:RandomPassword"].map(
    (type) => ({ urn: urn(type), type, custom: true }),
  );
  const component = "switchboard:cluster:GkeCluster";
  const { status, stderr } = officialMachine(preview, {
    resources: [...resources, { urn: urn(component), type: component, custom: false }],
    answers: changed(google, { [apis]: printed([]) }),
  }).up(...yes);
  assert.equal(status, 1);
  assert.match(stderr, /the first up of prod would fail/);
});

test("a pipeline that runs pulumi up asks the same beforehand", () => {
  const doctor = ["doctor", "prod", "--production", "prod", "--first-up"];
  const wrong = firstOf(changed(google, { [apis]: printed([]) }));
  const stopped = wrong.switchboard(...doctor);
  assert.equal(stopped.status, 1);
  assert.match(stopped.stderr, /the first up of prod would fail[\s\S]*account: these APIs are not enabled/);
  const overruled = wrong.switchboard(...doctor, "--despite", "account");
  assert.equal(overruled.status, 0, overruled.stderr);
  assert.match(overruled.stdout, /nothing that is certain stops the first up of prod/);
  const second = officialMachine(preview, { answers: google });
  assert.match(second.switchboard(...doctor).stdout, /its next up is not the first/);
  assert.doesNotMatch(second.calls(), /^(gcloud|aws) /m);
  assert.equal(second.switchboard("doctor", "dev", "--first-up").status, 2);
});
