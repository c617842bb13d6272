package exporters

import "slices"

// taxRules are the rules of EN 16931 on the tax categories that we write: S
// standard, Z zero rated, E exempt, AE reverse charge, G export, O not subject to
// VAT. They are alike, and differ in what RULES of the standard ask of each.
func taxRules() (all []ublRule) {
	for _, c := range []string{"S", "Z", "E", "AE", "G", "O"} {
		all = append(all, categoryRules(c)...)
	}
	return append(all,
		ublRule{id: "BR-CL-17", says: "a tax category is none of S, Z, E, AE, G, O" + mendAccount, holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.categories, func(c *element) bool {
				return !slices.Contains([]string{"S", "Z", "E", "AE", "G", "O"}, c.first("cbc:ID"))
			})
		}},
		ublRule{id: "VAT", warning: true, says: "tax is charged and the e-invoice states no VAT number of the seller, which the law asks for" + mendSeller, holds: func(u *ublCheck) bool {
			return len(u.linesOf("S")) == 0 || vatNumber(u.seller) != ""
		}},
		ublRule{id: "BR-48", says: "a tax has no rate", holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.categories, func(c *element) bool { return c.first("cbc:Percent") == "" && c.first("cbc:ID") != "O" })
		}},
		ublRule{id: "BR-O-11", says: "lines that are not subject to VAT stand beside lines that are" + mendInvoices, holds: func(u *ublCheck) bool {
			outside := slices.ContainsFunc(u.categories, func(c *element) bool { return c.first("cbc:ID") == "O" })
			return !outside || len(u.categories) == 1
		}},
	)
}

// linesOf are the lines of a category.
func (u *ublCheck) linesOf(category string) (lines []*element) {
	for _, l := range u.lines {
		if l.first("cac:Item/cac:ClassifiedTaxCategory/cbc:ID") == category {
			lines = append(lines, l)
		}
	}
	return lines
}

// subtotalsOf are the taxes by rate of a category.
func (u *ublCheck) subtotalsOf(category string) (list []*element) {
	for s := range u.at("cac:TaxTotal/cac:TaxSubtotal") {
		if s.first("cac:TaxCategory/cbc:ID") == category {
			list = append(list, s)
		}
	}
	return list
}

// categoryRules are the rules of one category, 01 to 10.
func categoryRules(c string) []ublRule {
	name := "BR-" + c + "-"
	return []ublRule{
		{id: name + "01", says: "lines of tax category " + c + " have no tax of it, or several where one belongs", holds: func(u *ublCheck) bool {
			n := len(u.subtotalsOf(c))
			return (len(u.linesOf(c)) > 0) == (n > 0) && (c == "S" || n <= 1)
		}},
		{id: name + "02", says: partySays(c), holds: func(u *ublCheck) bool { return len(u.linesOf(c)) == 0 || partiesFit(u, c) }},
		{id: name + "05", says: rateSays(c), holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.linesOf(c), func(l *element) bool { return !rateFits(l.first("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"), c) })
		}},
		{id: name + "08", says: "the net by rate of tax category " + c + " is not the sum of its lines", holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.subtotalsOf(c), func(s *element) bool {
				rate := s.first("cac:TaxCategory/cbc:Percent")
				var lines []*element
				for _, l := range u.linesOf(c) {
					if rat(l.first("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent")).Cmp(rat(rate)) == 0 {
						lines = append(lines, l)
					}
				}
				return rat(s.first("cbc:TaxableAmount")).Cmp(sumOf(lines, "cbc:LineExtensionAmount")) != 0
			})
		}},
		{id: name + "09", says: "the tax of category " + c + " is not its rate of the net; the register's TaxAmount differs" + mendInvoices, holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.subtotalsOf(c), func(s *element) bool {
				return !taxFits(s) || c != "S" && rat(s.first("cbc:TaxAmount")).Sign() != 0
			})
		}},
		{id: name + "10", says: "the tax of category " + c + " has no reason, or one where none belongs", holds: func(u *ublCheck) bool {
			return !slices.ContainsFunc(u.subtotalsOf(c), func(s *element) bool {
				reason := s.first("cac:TaxCategory/cbc:TaxExemptionReason") + s.first("cac:TaxCategory/cbc:TaxExemptionReasonCode")
				return (reason != "") == (c == "S" || c == "Z")
			})
		}},
	}
}

func partySays(c string) string {
	switch c {
	case "O":
		return "what is not subject to VAT carries no VAT number"
	case "AE":
		return "reverse charge needs the VAT numbers of seller and buyer (configuration: seller; sheet Accounts: TaxId)"
	case "G":
		return "an export needs the seller's VAT number" + mendSeller
	}
	return "tax category " + c + " needs the seller's VAT number or tax registration" + mendSeller
}

// partiesFit: who must have a VAT number, or a tax registration of another kind (02).
func partiesFit(u *ublCheck, c string) bool {
	seller, buyer := vatNumber(u.seller) != "", vatNumber(u.buyer) != ""
	registration := u.seller.first("cac:PartyTaxScheme/cbc:CompanyID") != ""
	switch c {
	case "O":
		return !seller && !buyer
	case "AE":
		return registration && (buyer || u.buyer.first(legalID) != "")
	case "G":
		return seller
	}
	return registration
}

func rateSays(c string) string {
	switch c {
	case "O":
		return "a line that is not subject to VAT has a rate" + mendInvoices
	case "S":
		return "a line of tax category S has the rate 0; it is Z, E, AE, G or O" + mendInvoices
	}
	return "a line of tax category " + c + " has a rate above 0" + mendInvoices
}

// rateFits: what rate a line may have (05).
func rateFits(percent, c string) bool {
	switch c {
	case "O":
		return percent == ""
	case "S":
		return rat(percent).Sign() > 0
	}
	return percent != "" && rat(percent).Sign() == 0
}
