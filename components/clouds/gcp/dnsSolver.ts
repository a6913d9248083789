import { DnsManagedZoneIamMember } from "@pulumi/gcp/dns/dnsManagedZoneIamMember";
import type * as pulumi from "@pulumi/pulumi";
import { certManagerAccount } from "../../naming";
import { workloadPrincipal } from "./names";
import type { ProjectId } from "./project";
import type { GkeClusterSettings } from "./settings/cluster";

/**
 * How cert-manager proves a host name by a record in the zone, and its right to make that record: in this zone alone.
 * With the zone's name given it looks for no other, which would need rights on the whole project.
 *
 * @param opts `dependsOn` the cluster: the project's identity pool comes with its first one
 *   (https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/916)
 */
export function cloudDnsSolver(
  name: string,
  zone: NonNullable<GkeClusterSettings["dnsZone"]>,
  own: ProjectId,
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<Record<string, unknown>> {
  const project = zone.project ?? own.project;
  const grant = new DnsManagedZoneIamMember(
    name,
    { project, managedZone: zone.name, role: "roles/dns.admin", member: workloadPrincipal(own, certManagerAccount) },
    opts,
  );
  // Whoever uses the solver waits for the grant.
  return grant.managedZone.apply(() => ({ cloudDNS: { project, hostedZoneName: zone.name } }));
}
