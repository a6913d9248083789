import type { Provider } from "../../../local/engine/providers/provider";
import { FakeCloud } from "./fakeCloud";
import { type Behaviours, cloudProvider } from "./provider";

/** The unkind behaviours of Google Cloud. */
export type GoogleSwitch = never;

/** A Google Cloud of a test, with nothing in it. */
export class FakeGoogle extends FakeCloud<GoogleSwitch> {
  /** The plugin `gcp` on this cloud. */
  provider(): Provider {
    return cloudProvider("gcp", this, behaviours);
  }
}

const behaviours: Behaviours<GoogleSwitch> = {};
