package importers

import (
	_ "embed" // products.csv
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/policy"
)

//go:embed products.csv
var productsCSV string

// productRule is one line of products.csv.
type productRule struct {
	bySku   bool
	starts  bool   // else the text may stand anywhere
	text    string // lower case
	product string
}

var productRules = readOnce("products.csv", productsCSV, readProductRules)

func readProductRules(text string) ([]productRule, error) {
	lines, err := linesOf(text, 4)
	if err != nil {
		return nil, err
	}
	var rules []productRule
	for _, l := range lines {
		if l[0] != "Sku" && l[0] != "Description" || l[1] != "starts" && l[1] != "holds" || l[2] == "" || !slices.Contains(policy.ProductTypes, l[3]) {
			return nil, fmt.Errorf("line %q", strings.Join(l, ","))
		}
		rules = append(rules, productRule{l[0] == "Sku", l[1] == "starts", strings.ToLower(l[2]), l[3]})
	}
	return rules, nil
}

// recogniseProduct returns the ELG-2 name of what a row of an export is about, or
// invoicing.UnknownProduct (IMP-1).
func recogniseProduct(description, sku string) string {
	description, sku = strings.ToLower(description), strings.ToLower(sku)
	for _, r := range productRules() {
		in := description
		if r.bySku {
			in = sku
		}
		if strings.HasPrefix(in, r.text) || !r.starts && strings.Contains(in, r.text) {
			return r.product
		}
	}
	return invoicing.UnknownProduct
}
