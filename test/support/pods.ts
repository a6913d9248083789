import type { Plan, Registration } from "./plan";

/** A pod template and the object that makes pods of it. */
export interface PodTemplate {
  readonly owner: Registration;
  readonly template: any;
  readonly containers: any[];
}

/** Every pod template of a plan, whichever kind of object holds it. */
export function podTemplates(plan: Plan): PodTemplate[] {
  return plan.registrations.flatMap((owner) => {
    const spec = owner.inputs.spec;
    const template = owner.type.endsWith(":CronJob") ? spec.jobTemplate.spec.template : spec?.template;
    if (!owner.type.startsWith("kubernetes:") || !template) return [];
    return [{ owner, template, containers: [...(template.spec.initContainers ?? []), ...template.spec.containers] }];
  });
}

/** What the pods are made of that cert-manager makes by a template of ours, with the Issuer that holds it. */
export function solverSpecs(plan: Plan): { readonly owner: Registration; readonly spec: any }[] {
  return plan
    .of("kubernetes:cert-manager.io/v1:Issuer")
    .flatMap((owner) =>
      owner.inputs.spec.acme.solvers.map(({ http01 }: any) => ({ owner, spec: http01.ingress.podTemplate.spec })),
    );
}
