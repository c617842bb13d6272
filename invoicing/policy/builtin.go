package policy

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/spelling"
)

// A built-in policy is never edited once released: the decisions made under it
// cite the hash of its file (POL-4). A change is a new file with a new id.
//
//go:embed policies/*.yaml
var files embed.FS

// ids is the order in which the built-in policies are listed: by date.
var ids = []string{"azure-2020", "azure-2023", "observed-2023"}

// DefaultID is the policy used where nothing else is said (POL-3).
const DefaultID = "azure-2020"

// IDs lists the built-in policies (POL-3), oldest first.
func IDs() []string { return slices.Clone(ids) }

// Builtin returns a built-in policy by its id (POL-3). An unknown id is an error
// that names the nearest and all of them.
func Builtin(id string) (*Policy, error) {
	if !slices.Contains(ids, id) {
		return nil, fmt.Errorf("no built-in policy is called %q; the nearest is %s; there are %s",
			cut(id), spelling.Nearest(id, ids), strings.Join(ids, ", "))
	}
	name := "policies/" + id + ".yaml"
	body, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read built-in policy %s: %w", id, err)
	}
	p, err := Read(name, body)
	if err != nil {
		return nil, fmt.Errorf("read built-in policy %s: %w", id, err)
	}
	return p, nil
}
