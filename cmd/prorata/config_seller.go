package main

import (
	"os"

	"gopkg.in/yaml.v3"

	"prorata/exporters"
	"prorata/invoicing/spelling"
)

// seller is who issues the documents, as it is configured. What is wrong with it
// is said before anything is done.
func (cfg *config) seller() (exporters.Seller, error) {
	at := func(key string) string { return cfg.text("seller." + key) }
	s := exporters.Seller{
		Name: at("name"), Address: at("address"), PostalCode: at("postal_code"), City: at("city"), Country: at("country"),
		VATNumber: at("vat_number"), CompanyID: at("company_id"), TaxStatus: at("tax_status"), Endpoint: at("endpoint_id"),
		Contact: at("contact"), Email: at("email"), Phone: at("phone"), Website: at("website"), PaymentTerms: at("payment_terms"),
		Bank:   exporters.BankAccount{IBAN: at("iban"), BIC: at("bic"), Bankgiro: at("bankgiro"), Plusgiro: at("plusgiro")},
		Accent: at("colour"), Shade: at("shade"), Language: at("language"), AccountNumbers: cfg.books,
	}
	if file := at("logo"); file != "" {
		st, err := os.Stat(file)
		if err == nil && st.Size() <= maxLogoFile {
			s.Logo, err = os.ReadFile(file)
		}
		if err != nil || len(s.Logo) == 0 {
			return s, usageError{"seller.logo: " + file + " cannot be read, is empty, or is larger than 1 MiB"}
		}
	}
	if err := s.Check(); err != nil {
		return s, usageError{"seller: " + err.Error()}
	}
	return s, nil
}

const maxLogoFile = 1 << 20

// accounts reads the numbers of the chart of accounts.
func (r *configReader) accounts(n *yaml.Node) {
	const like = `expected a list, like [{account: "Revenue:Reservations", number: 3041, name: Reservationer}]`
	if n.Kind != yaml.SequenceNode || len(n.Content) > 1000 {
		r.fault(n, "seller.accounts", like)
		return
	}
	for _, item := range n.Content {
		a := exporters.AccountNumber{}
		if item.Kind != yaml.MappingNode {
			r.fault(item, "seller.accounts", like)
			continue
		}
		for k, v := range r.pairs(item, "seller.accounts.") {
			to, known := map[string]*string{"account": &a.Account, "number": &a.Number, "name": &a.Name}[k.Value]
			switch {
			case !known:
				r.fault(k, "seller.accounts."+shorten(k.Value), "unknown key; the nearest key is %s", spelling.Nearest(k.Value, []string{"account", "number", "name"}))
			case v.Kind != yaml.ScalarNode || isText(v.Value) != "":
				r.fault(v, "seller.accounts."+k.Value, like)
			default:
				*to = v.Value
			}
		}
		r.cfg.books = append(r.cfg.books, a)
	}
}
