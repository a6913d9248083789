import type { SupportTable } from "./model";

/**
 * Releases of Debian by their names, as tags have them, until the end of long-term support: images get its fixes without
 * doing anything. Debian's own security team ends two years earlier. https://wiki.debian.org/LTS, as the package
 * distro-info-data has it (debian.csv: eol-lts), read on 2026-12-01.
 */
export const debian: SupportTable = {
  source: "https://wiki.debian.org/LTS",
  readAt: "2026-12-01",
  lines: {
    buster: { until: "2024-06-30" },
    bullseye: { until: "2026-08-31" },
    bookworm: { until: "2028-06-30" },
    trixie: { until: "2030-06-30" },
  },
};
