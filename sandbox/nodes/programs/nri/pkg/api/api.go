// Package api has the types of containerd's node resource interface that kube-network-policies names. The local nodes'
// containerd is older than that interface, and the real module brings a WebAssembly runtime along: two CPU minutes of
// every first build.
package api

// PodSandbox is a pod as the container runtime knows it.
type PodSandbox struct{ Linux *LinuxPodSandbox }

// LinuxPodSandbox is the part of a pod that only Linux has.
type LinuxPodSandbox struct{ Namespaces []*LinuxNamespace }

// LinuxNamespace is a namespace of the kernel.
type LinuxNamespace struct{ Type, Path string }

// Container is never made here.
type Container struct{}

// ContainerUpdate is never made here.
type ContainerUpdate struct{}

// GetNamespace returns the Kubernetes namespace of the pod.
func (*PodSandbox) GetNamespace() string { return "" }

// GetName returns the pod's name.
func (*PodSandbox) GetName() string { return "" }

// GetIps returns the pod's addresses.
func (*PodSandbox) GetIps() []string { return nil }

// GetNamespaces returns the pod's namespaces of the kernel.
func (pod *LinuxPodSandbox) GetNamespaces() []*LinuxNamespace { return pod.Namespaces }
