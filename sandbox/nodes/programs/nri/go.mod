module github.com/containerd/nri

go 1.26.0
