package jobs

import (
	"encoding/json"
	"fmt"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// terms are what a run was begun with and what is kept with it, whole: so that it
// can be settled, published again and verified as it was begun, whatever the
// configuration says later. They are stored as JSON.
type terms struct {
	Formats  string            `json:"formats"`
	Policies []keptPolicy      `json:"policies"`
	Series   map[string]int    `json:"series,omitempty"` // "CN-2026": its first number (DOC-1)
	Seller   exporters.Seller  `json:"seller"`
	Locale   string            `json:"locale,omitempty"`  // by which files were read where nothing else settled it (IMP-7)
	Senders  map[string]Sender `json:"senders,omitempty"` // what was known of senders
}

type keptPolicy struct {
	From string `json:"from,omitempty"`
	Name string `json:"name"`
	Body string `json:"body"`
}

// keepTerms writes the terms of a run.
func (r *Run) keepTerms() (string, error) {
	kept := terms{Formats: r.Formats.String(), Series: r.Series, Seller: r.Seller, Locale: r.Senders.locale, Senders: r.Senders.known}
	for _, link := range r.Policies {
		kept.Policies = append(kept.Policies, keptPolicy{link.From.String(), link.Policy.ID, string(link.Policy.Body)})
	}
	b, err := json.Marshal(kept)
	return string(b), err
}

// keptTerms reads back the terms that a run was begun with.
func keptTerms(run ledger.Run) (kept terms, err error) {
	if err = json.Unmarshal([]byte(run.Terms), &kept); err != nil {
		err = fmt.Errorf("the terms of run %d: %w", run.N, err)
	}
	return kept, err
}

// seriesOf are the first numbers that a run was begun with.
func seriesOf(run ledger.Run) (map[string]int, error) {
	kept, err := keptTerms(run)
	return kept.Series, err
}

// sendersOf is how a run read its files.
func sendersOf(run ledger.Run) (*Senders, error) {
	kept, err := keptTerms(run)
	if err != nil {
		return nil, err
	}
	senders, err := NewSenders(kept.Locale, kept.Senders)
	if err != nil {
		return nil, fmt.Errorf("the terms of run %d: %w", run.N, err)
	}
	return &senders, nil
}

// sellerOf is who issues the documents of a run.
func sellerOf(run ledger.Run) (exporters.Seller, error) {
	kept, err := keptTerms(run)
	return kept.Seller, err
}

// termsOf are the policies that a run was begun with, and the formats of its reports.
func termsOf(run ledger.Run) (chain policy.Chain, formats exporters.Formats, err error) {
	kept, err := keptTerms(run)
	if err != nil {
		return nil, 0, err
	}
	if formats, err = exporters.ParseFormats(kept.Formats); err != nil {
		return nil, 0, fmt.Errorf("the terms of run %d: %w", run.N, err)
	}
	for _, k := range kept.Policies {
		link := policy.Link{}
		if k.From != "" {
			if link.From, err = money.ParseDate(k.From); err != nil {
				return nil, 0, fmt.Errorf("the policies of run %d: %w", run.N, err)
			}
		}
		if link.Policy, err = policy.Read(k.Name+".yaml", []byte(k.Body)); err != nil {
			return nil, 0, fmt.Errorf("the policies of run %d: %w", run.N, err)
		}
		chain = append(chain, link)
	}
	if len(chain) == 0 {
		return nil, 0, fmt.Errorf("run %d has no policy", run.N)
	}
	return chain, formats, nil
}
