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
