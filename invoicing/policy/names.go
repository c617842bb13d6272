package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"prorata/invoicing/spelling"
)

// ProductTypes lists the vendor's reserved resource types (ELG-2), in the order of RULES.md.
var ProductTypes = []string{
	"VirtualMachines", "SqlDatabases", "SuseLinux", "CosmosDb", "RedHat", "SqlDataWarehouse", "VMwareCloudSimple",
	"RedHatOsa", "Databricks", "AppService", "ManagedDisk", "BlockBlob", "RedisCache", "AzureDataExplorer", "MySql",
	"MariaDb", "PostgreSql", "DedicatedHost", "SapHana", "SqlAzureHybridBenefit", "AVS", "DataFactory",
	"NetAppStorage", "AzureFiles", "SqlEdge", "VirtualMachineSoftware", "SynapsePrePurchase",
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,63}$`)

// maxNames bounds a list of names.
const maxNames = 100

// names reads a list of at least low different names, each one of known unless that is nil.
func names(of func(*Parameters) *[]string, low int, known []string) field {
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		if n.Kind != yaml.SequenceNode || len(n.Content) < low || len(n.Content) > maxNames {
			return fmt.Sprintf("a list of %d to %d names, like [Owner, AdminAgent]", low, maxNames), false
		}
		list := make([]string, 0, len(n.Content))
		for _, item := range n.Content {
			switch v := item.Value; {
			case item.Kind != yaml.ScalarNode || item.ShortTag() != "!!str" || !nameForm.MatchString(v):
				return fmt.Sprintf("names of letters and digits, and %q is none", cut(v)), false
			case known != nil && !slices.Contains(known, v):
				return fmt.Sprintf("names of ELG-2, and %q is none; the nearest is %s", cut(v), spelling.Nearest(v, known)), false
			case slices.Contains(list, v):
				return fmt.Sprintf("each name once, and %s is there twice", v), false
			default:
				list = append(list, v)
			}
		}
		*of(p) = list
		return "", true
	}
	return field{read: read, show: func(p *Parameters) string { return "[" + strings.Join(*of(p), ", ") + "]" }}
}
