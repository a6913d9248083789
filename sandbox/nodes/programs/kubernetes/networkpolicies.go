package main

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// The project's own program takes its credentials from a pod and nowhere else; a node's agent has a kubeconfig.
func newNetworkPoliciesCommand() *cobra.Command {
	var kubeconfig string
	var queue int
	command := &cobra.Command{
		Use:  "kube-network-policies",
		Long: "Decides about the first packet of each connection in a netfilter queue by the cluster's network policies.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			return decide(ctx, kubeconfig, queue)
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "file with the API server's address and the credentials")
	command.Flags().IntVar(&queue, "queue", 100, "number of the netfilter queue")
	return command
}

func decide(ctx context.Context, kubeconfig string, queue int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	controller, err := networkpolicy.NewController(client,
		factory.Networking().V1().NetworkPolicies(), factory.Core().V1().Namespaces(), factory.Core().V1().Pods(),
		nil, nil, nil, nil,
		networkpolicy.Config{
			QueueID: queue,
			// Its own nftables rules need the kernel's nft_queue, which is not everywhere. With the name of no node they
			// select no pod: what is queued is up to the node's iptables rules alone (sandbox/nodes/podPolicies.ts).
			NodeName: "none",
		})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if err := controller.Run(ctx); err != nil {
		return err
	}
	if ctx.Err() == nil {
		return errors.New("the queue was closed")
	}
	return nil
}
