/** The one port of the Erlang distribution: no epmd, so one rule of the network policy is enough. */
export const distributionPort = 9100;

/** Where a node has its certificate, and the authority of all nodes. */
export const nodeTlsFolder = "/run/secrets/node-tls";
/** Where the VM is told of them. */
export const distributionConfFolder = "/run/secrets/distribution";
export const distributionConfFile = "dist-tls.conf";

/**
 * Flags of the VM (`ERL_AFLAGS`). Every node listens on the one port and connects to that port of the others, without
 * epmd, by TLS 1.3.
 */
export const beamFlags = [
  "-start_epmd false",
  `-erl_epmd_port ${distributionPort}`,
  "-proto_dist inet_tls",
  `-ssl_dist_optfile ${distributionConfFolder}/${distributionConfFile}`,
].join(" ");

/**
 * Each side proves that it has a certificate of the cluster's own authority, which signs for nobody else. The name in it
 * is not compared: nodes are called by addresses, and `=/=` takes any name, as the two forms are never equal.
 */
export const distributionConf = (() => {
  const both = [
    `{certfile, "${nodeTlsFolder}/tls.crt"}`,
    `{keyfile, "${nodeTlsFolder}/tls.key"}`,
    `{cacertfile, "${nodeTlsFolder}/ca.crt"}`,
    "{verify, verify_peer}",
    "{versions, ['tlsv1.3']}",
  ].join(", ");
  return [
    `[{server, [${both}, {fail_if_no_peer_cert, true}]},`,
    ` {client, [${both}, {customize_hostname_check, [{match_fun, fun erlang:'=/='/2}]}]}].`,
    "",
  ].join("\n");
})();
