// Command coredns is CoreDNS with the plugins that the local nodes' Corefile uses (sandbox/nodes/addons.ts), and no
// other: all of them together need another 600 packages, most of them for the clouds.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

func main() {
	// In the order in which they are asked, which is that of CoreDNS's own plugin.cfg.
	dnsserver.Directives = []string{"ready", "health", "errors", "loadbalance", "template", "kubernetes"}
	coremain.Run()
}
