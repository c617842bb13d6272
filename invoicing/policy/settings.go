package policy

// Setting is one parameter of a policy as a file names it, and its value for each
// of BillingTypes, as a file would say it.
type Setting struct {
	Key     string // fee.rate
	Rules   string // that use it: FEE-1
	Values  []string
	Choices []string // the words that may stand there; none for a free text or number
}

// Settings lists every parameter of a policy, in the order of RULES.md.
func (p *Policy) Settings() []Setting {
	all := make([]Setting, len(keys))
	for i, k := range keys {
		all[i] = Setting{Key: k.name, Rules: k.rules, Choices: k.choices}
		for _, t := range BillingTypes {
			all[i].Values = append(all[i].Values, k.show(p.ByType[t]))
		}
	}
	return all
}

// Difference is one parameter that two policies say differently for a billing type.
type Difference struct {
	Key, Rules string
	Type       BillingType
	A, B       string
}

// Diff lists what two policies say differently, by parameter and billing type.
func Diff(a, b *Policy) []Difference {
	var all []Difference
	other := b.Settings()
	for i, s := range a.Settings() {
		for t, v := range s.Values {
			if w := other[i].Values[t]; v != w {
				all = append(all, Difference{s.Key, s.Rules, BillingTypes[t], v, w})
			}
		}
	}
	return all
}
