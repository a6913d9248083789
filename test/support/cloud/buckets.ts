import { ApiError } from "./fakeCloud";
import type { Call } from "./provider";

/** What an app puts into a bucket: no resource of the program. */
const objectType = "cloud:object";

/** Puts an object into a bucket, as the app does. */
export function putObject(cloud: Call["cloud"], bucket: string): void {
  const id = `${bucket}/first`;
  cloud.add({ type: objectType, name: "first", id, properties: { bucket } });
}

/** A bucket with something in it is not deleted, unless the provider may empty it before. */
export function refuseFullBucket<Switch extends string>(
  { operation, cloud, thing }: Pick<Call<Switch>, "operation" | "cloud" | "thing">,
  complaint: (bucket: Record<string, unknown>) => string,
): void {
  if (operation !== "delete" || !thing) return;
  const objects = cloud.all(objectType).filter(({ properties }) => properties.bucket === thing.id);
  if (objects.length > 0 && thing.properties.forceDestroy !== true) throw new ApiError(complaint(thing.properties));
  for (const { type, id } of objects) cloud.remove(type, id);
}
