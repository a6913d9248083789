import { hasUnknown, isObject, isSecret, type Properties, reveal, secret, secretLike, type Value } from "../values";
import { quantity } from "./quantity";

/**
 * What the API server's types leave out when it is empty, so that empty and missing are one. From the Go types of
 * k8s.io/api: fields with `omitempty` that are no pointers. Lists are never pointers there.
 */
const emptyMaps = new Set(
  "annotations binaryData capacity data default defaultRequest hard labels limits matchLabels nodeSelector podFixed requests stringData volumeAttributes".split(
    " ",
  ),
);
const falseFields = new Set(
  "globalDefault hostIPC hostNetwork hostPID paused publishNotReadyAddresses readOnly stdin stdinOnce tty unschedulable".split(
    " ",
  ),
);
const zeroFields = new Set(
  "failureThreshold healthCheckNodePort hostPort initialDelaySeconds minReadySeconds nodePort periodSeconds successThreshold timeoutSeconds".split(
    " ",
  ),
);
const emptyStrings = new Set(
  "clusterIP dnsPolicy externalName externalTrafficPolicy fieldPath generateName group host hostIP image imagePullPolicy loadBalancerIP medium namespace operator path priorityClassName protocol restartPolicy schedulerName scheme secretName serviceAccount serviceAccountName sessionAffinity subPath subPathExpr subdomain terminationMessagePath terminationMessagePolicy type value volumeName workingDir".split(
    " ",
  ),
);

/** Fields that hold a quantity, and maps whose values are quantities. */
const quantityFields = new Set("averageValue divisor maximumVolumeSize sizeLimit".split(" "));
const quantityMaps = new Set(
  "capacity default defaultRequest hard limits max maxLimitRequestRatio min podFixed requests".split(" "),
);

/** API groups of Kubernetes itself: a custom kind has fields of its own, and nothing is known of them. */
const builtIn = /^(v1|(apps|batch|autoscaling|policy|extensions|[a-z]+(\.[a-z]+)*\.k8s\.io)\/v\w+)$/;
const customGroups = /^(gateway\.networking|snapshot\.storage|metrics|apiextensions)\.k8s\.io\//;

/**
 * A Secret as the official provider keeps it: `stringData` is part of `data`, as it is in the cluster. Where a value is
 * not known yet, the Secret stays as the program wrote it. Every other object is returned as it is.
 */
export function withSecretData(object: Properties): Properties {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || hasUnknown(reveal(object))) return object;
  const texts = stringData === undefined || stringData === null ? {} : reveal(stringData);
  const data = reveal(object.data ?? {});
  if (!isObject(texts) || !isObject(data)) return object;
  const members = { ...mapped(data, recoded), ...mapped(texts, encoded) };
  if (Object.keys(members).length === 0) return object;
  return { ...rest, data: secret(members) };
}

/**
 * An object for comparing: what the API server keeps in one way is written in one way. Nothing else is to be done with it.
 * @param secretAsData whether `stringData` of a Secret is taken for the data that it becomes
 * @example a CPU limit of `1000m` and one of `1` are the same, and so are `readOnly: false` and nothing
 */
export function normal(object: Properties, secretAsData = true): Properties {
  const plain = secretAsData ? keyByKey(withSecretData(object)) : object;
  const version = reveal(plain.apiVersion ?? "");
  if (typeof version !== "string" || !builtIn.test(version) || customGroups.test(version)) return plain;
  return members(plain, "");
}

/** A Secret whose values are secret one by one: then a difference names the key, which is no secret. */
function keyByKey(object: Properties): Properties {
  const { kind, data } = object;
  const values = isSecret(data) ? data.value : undefined;
  return kind === "Secret" && isObject(values) ? { ...object, data: mapped(values, secret) } : object;
}

function members(object: Properties, parent: string): Properties {
  const isFree = emptyMaps.has(parent) && !quantityMaps.has(parent);
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, Value][] => {
      if (isFree) return [[key, value]];
      const one = member(value, key, parent);
      return one === undefined ? [] : [[key, one]];
    }),
  );
}

function member(value: Value, key: string, parent: string): Value | undefined {
  const plain = isSecret(value) ? reveal(value) : value;
  const result = plainMember(plain, key, parent);
  return result === undefined || !isSecret(value) ? result : secretLike(result, value);
}

function plainMember(value: Value, key: string, parent: string): Value | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => element(one, key));
  if (isObject(value)) {
    if (emptyMaps.has(key) && Object.keys(value).length === 0) return undefined;
    return members(value, key);
  }
  if (quantityFields.has(key) || quantityMaps.has(parent) || (key === "value" && parent === "target")) {
    return quantity(value) ?? value;
  }
  const isEmpty =
    (value === false && falseFields.has(key)) ||
    (value === 0 && zeroFields.has(key)) ||
    (value === "" && emptyStrings.has(key));
  return isEmpty ? undefined : value;
}

function element(value: Value, key: string): Value {
  if (isSecret(value)) return secretLike(element(reveal(value), key), value);
  return isObject(value) ? members(value, key) : value;
}

function mapped(object: Properties, change: (value: Value) => Value): Properties {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function encoded(value: Value): Value {
  return Buffer.from(String(value ?? "")).toString("base64");
}

/** The API server decodes and encodes: white space in it is no difference. */
function recoded(value: Value): Value {
  return typeof value === "string" ? Buffer.from(value, "base64").toString("base64") : value;
}
