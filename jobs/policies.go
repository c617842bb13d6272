package jobs

import (
	"encoding/json"
	"fmt"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// keptPolicy is a policy as it is kept with a run, whole: so that the run can be
// settled and verified as it was begun, whatever the configuration says later.
type keptPolicy struct {
	From string `json:"from,omitempty"`
	Name string `json:"name"`
	Body string `json:"body"`
}

// keepPolicies writes the policies of a run.
func keepPolicies(chain policy.Chain) (string, error) {
	kept := make([]keptPolicy, len(chain))
	for i, link := range chain {
		kept[i] = keptPolicy{link.From.String(), link.Policy.ID, string(link.Policy.Body)}
	}
	b, err := json.Marshal(kept)
	return string(b), err
}

// policiesOf reads back the policies that a run was begun with.
func policiesOf(run ledger.Run) (policy.Chain, error) {
	var kept []keptPolicy
	if err := json.Unmarshal([]byte(run.Policies), &kept); err != nil {
		return nil, fmt.Errorf("the policies of run %d: %w", run.N, err)
	}
	var chain policy.Chain
	for _, k := range kept {
		link := policy.Link{}
		var err error
		if k.From != "" {
			if link.From, err = money.ParseDate(k.From); err != nil {
				return nil, fmt.Errorf("the policies of run %d: %w", run.N, err)
			}
		}
		if link.Policy, err = policy.Read(k.Name+".yaml", []byte(k.Body)); err != nil {
			return nil, fmt.Errorf("the policies of run %d: %w", run.N, err)
		}
		chain = append(chain, link)
	}
	if len(chain) == 0 {
		return nil, fmt.Errorf("run %d has no policy", run.N)
	}
	return chain, nil
}
