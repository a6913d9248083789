// Package stub is the client of a runtime that has no node resource interface.
package stub

import (
	"context"
	"errors"
)

// Stub connects a plugin to the runtime.
type Stub interface {
	// Run returns when the connection ends.
	Run(context.Context) error
}

// Option sets something of a connection.
type Option func()

// WithOnClose would name what is called when the connection ends.
func WithOnClose(func()) Option { return nil }

// WithPluginName would name the plugin.
func WithPluginName(string) Option { return nil }

// WithPluginIdx would say when the plugin is called.
func WithPluginIdx(string) Option { return nil }

// New returns a client that finds no runtime.
func New(any, ...Option) (Stub, error) { return none{}, nil }

type none struct{}

func (none) Run(context.Context) error {
	return errors.New("this runtime does not tell of its pods; the API server does")
}
