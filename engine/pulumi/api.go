// Package cloud of the Pulumi CLI without what `pulumi api` needs: that command alone would bring a library for OpenAPI
// along, a quarter of what the whole CLI costs to compile. It stands in the place of the files that engine/build.ts names.
package cloud

import (
	"errors"

	"github.com/spf13/cobra"
)

// ParamSpec is a parameter of an operation; without the description of the API there is none.
type ParamSpec struct{}

// NewAPICmd is the command in name only.
func NewAPICmd() *cobra.Command {
	return &cobra.Command{
		Use:    "api",
		Short:  "Call the API of Pulumi Cloud (not in this build)",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this Pulumi CLI was built without `pulumi api`; install the official one: " +
				"https://www.pulumi.com/docs/install/")
		},
	}
}
