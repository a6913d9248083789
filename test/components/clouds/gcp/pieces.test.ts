import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { gkeKubeconfig } from "../../../../components/clouds/gcp/kubeconfig";
import { deregistrationSeconds } from "../../../../components/clouds/gcp/loadBalancer";
import { maintenancePolicy } from "../../../../components/clouds/gcp/maintenance";
import { cloudName, contextName, gkeServiceAgent, workloadPrincipal } from "../../../../components/clouds/gcp/names";
import { initialNodes } from "../../../../components/clouds/gcp/nodePools";
import { projectProblem } from "../../../../components/clouds/gcp/project";
import { inZone } from "../../../../components/clouds/gcp/publicAddress";
import { gkeTraits } from "../../../../components/clouds/gcp/traits";
import { gkeSettings } from "./alone";

describe("names at Google Cloud", () => {
  test("a name that fits stays", () => assert.equal(cloudName("switchboard-prod", 40), "switchboard-prod"));

  test("a name that does not fit keeps its start and what makes it different", () => {
    const [one, two] = [cloudName(`${"a".repeat(50)}-one`, 40), cloudName(`${"a".repeat(50)}-two`, 40)];
    assert.match(one, /^a{29}-[0-9a-f]{10}$/);
    assert.notEqual(one, two);
    assert.notEqual(cloudName("Prod_1", 40), cloudName("prod-1", 40));
  });

  test("any project and stack make a name that Google takes, and different ones different names", () => {
    const text = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,60}$/);
    fc.assert(
      fc.property(text, text, fc.constantFrom(30, 40), (one, two, most) => {
        const name = cloudName(one, most);
        assert.match(name, /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
        assert.ok(name.length <= most);
        assert.equal(one === two, name === cloudName(two, most));
      }),
    );
  });

  test("the context is what gcloud calls it", () => {
    const cluster = { project: "switchboard-test", region: "europe-west1", name: "switchboard-prod" };
    assert.equal(contextName(cluster), "gke_switchboard-test_europe-west1_switchboard-prod");
  });

  test("identities hold the number of the project where they stand in it, and its id where the pool is named", () => {
    const project = { project: "switchboard-test", projectNumber: "123456789012" };
    assert.equal(
      workloadPrincipal(project, { namespace: "cert-manager", name: "solver" }),
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/switchboard-test.svc.id.goog/subject/ns/cert-manager/sa/solver",
    );
    assert.equal(
      gkeServiceAgent(project.projectNumber),
      "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com",
    );
  });
});

test("a project with another number is named with both numbers", () => {
  const meant = { project: "switchboard-test", projectNumber: "123456789012" };
  assert.equal(projectProblem(meant, "123456789012"), undefined);
  assert.equal(
    projectProblem(meant, "999999999999"),
    'cluster.projectNumber: project "switchboard-test" has number 999999999999, the settings say 123456789012; correct whichever of cluster.project and cluster.projectNumber is not meant',
  );
});

test("a kubeconfig is the same text for the same cluster, and says how a token is had", () => {
  const access = { context: "gke_p_r_c", endpoint: "gke-0a.europe-west1.gke.goog" };
  assert.equal(gkeKubeconfig(access), gkeKubeconfig({ ...access }));
  const { users, clusters } = JSON.parse(gkeKubeconfig(access));
  assert.deepEqual(clusters, [{ name: "gke_p_r_c", cluster: { server: "https://gke-0a.europe-west1.gke.goog" } }]);
  assert.equal(users[0].user.exec.apiVersion, "client.authentication.k8s.io/v1beta1");
  assert.equal(users[0].user.exec.provideClusterInfo, true);
});

describe("the maintenance window", () => {
  const policy = (maintenance: object) => maintenancePolicy(gkeSettings({ maintenance }).maintenance) as any;

  test("starts on the first of its days, and goes on over midnight", () => {
    assert.deepEqual(policy({ days: ["sunday", "saturday"], start: "22:30", hours: 8 }).recurringWindow, {
      startTime: "2024-01-06T22:30:00Z",
      endTime: "2024-01-07T06:30:00Z",
      recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
    });
  });

  test("on every day is daily", () => {
    const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    assert.equal(policy({ days }).recurringWindow.recurrence, "FREQ=DAILY");
  });

  test("has exclusions as moments in UTC", () => {
    const exclusions = { sales: { start: "2026-11-20", end: "2026-12-01T12:00:00Z" } };
    assert.deepEqual(policy({ exclusions }).maintenanceExclusions, [
      {
        exclusionName: "sales",
        startTime: "2026-11-20T00:00:00Z",
        endTime: "2026-12-01T12:00:00Z",
        exclusionOptions: { scope: "NO_UPGRADES" },
      },
    ]);
  });
});

test("a pool starts with its fewest nodes, spread over the zones, and never with more than its most", () => {
  const cases: [min: number, max: number, zones: number, each: number][] = [
    [3, 6, 3, 1],
    [4, 6, 3, 2],
    [2, 6, 3, 1],
    [2, 2, 3, 0],
    [0, 5, 3, 0],
    [5, 5, 1, 5],
  ];
  for (const [min, max, zones, each] of cases) assert.equal(initialNodes({ min, max }, zones), each, `${min} ${max}`);
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 4 }), (min, more, zones) => {
      assert.ok(initialNodes({ min, max: min + more }, zones) * zones <= min + more);
    }),
  );
});

test("only hosts of its domain are in a zone", () => {
  const hosts = ["example.com", "chat.example.com", "badexample.com", "example.com.evil.org"];
  assert.deepEqual(inZone(hosts, "example.com"), ["example.com", "chat.example.com"]);
});

describe("GKE's words", () => {
  const anywhere = { nodeSelector: {}, tolerations: [] };
  const traits = gkeTraits({
    placement: { apps: anywhere, data: anywhere },
    addressName: "entrance-1a2b3c4",
    acmeDnsSolver: undefined,
    appAccess: undefined,
  });
  const profile = {
    proxyProtocol: false,
    idleSeconds: 3600,
    drainSeconds: 60,
    health: { port: 8082, path: "/healthz" },
  };

  test("a public Service asks for its address by name and lets the balancer ask the node", () => {
    assert.deepEqual(traits.publicService(profile), {
      annotations: { "networking.gke.io/load-balancer-ip-addresses": "entrance-1a2b3c4" },
      loadBalancerClass: "networking.gke.io/l4-regional-external",
      externalTrafficPolicy: "Local",
      asksHealthPort: false,
      takesNodePorts: true,
    });
  });

  test("the PROXY protocol is refused", () => {
    assert.throws(() => traits.publicService({ ...profile, proxyProtocol: true }), {
      message: /^edge\.clientAddress\.from: proxyProtocol is not spoken by the passthrough balancer of Google Cloud, /,
    });
  });

  test("the time that the settings count with is the balancer's", () => {
    assert.equal(traits.deregistrationSeconds, deregistrationSeconds);
  });
});
