package exporters

import "prorata/invoicing"

var english = words{
	code: "en", decimal: ".", thousands: ",",
	titles: [...]string{
		invoicing.CreditNote: "Credit note", invoicing.CreditMemo: "Credit memo", invoicing.InvoiceDoc: "Invoice",
		invoicing.InvoiceRevision: "Restatement of invoice", invoicing.CommitmentCharge: "Commitment charge",
		invoicing.SetOff: "Set-off advice", invoicing.Expiry: "Expiry of credit",
	},
	kinds: [...]string{
		invoicing.RefundLine: "Refund", invoicing.FeeLine: "Early termination fee", invoicing.PurchaseLine: "New reservation",
		invoicing.CreditAppliedLine: "Held credit set off against the invoice", invoicing.BalanceForwardLine: "Balance brought forward",
	},
	documentNo: "Number", issueDate: "Date of issue", customerNo: "Customer number", yourReference: "Your reference", yourVAT: "Your VAT number",
	requests: "Requests", billTo: "Bill to",
	cancels: "Cancels invoice", replacedBy: "Replaced by invoice", replaces: "Replaces invoice", cancelledBy: "See credit note",
	credits: "Credits invoice", restates: "Restates invoice", paysInvoice: "Pays invoice", takesFrom: "From the credit of",
	description: "Description", quantity: "Quantity", taxRate: "VAT", amount: "Amount", order: "Reservation order", period: "Period", through: "to",
	net: "Net", tax: "VAT", taxOn: "on", total: "Total incl. VAT", totalCredited: "Credited incl. VAT",
	inSEK:   "VAT in SEK: %s, at %s SEK for one %s, from the reference rates of %s (%s and %s for one euro).",
	outside: "Outside the totals", plainTotal: "Total",
	reasons: map[string]string{
		"AE": "Reverse charge: the buyer accounts for the VAT.", "E": "Exempt from VAT.", "G": "Export outside the EU: no VAT is charged.",
	},
	exemption: map[string]string{
		"E": "exempt from VAT", "AE": "reverse charge", "O": "not subject to VAT", "G": "export outside the EU", "Z": "zero rated",
	},
	moneyTitle: "What happens to the money", creditedBy: "Credited by %s", thisInvoice: "This invoice", leftOver: "Left over", owed: "You owe beyond what was credited",
	toPay:  "To pay",
	toOpen: "Reduces what was still to be paid of the original invoice", toHeld: "Held as your credit, for later purchases of reservations",
	toCard: "Paid back to %s", toPayout: "Paid out to you", chargedToCard: "Charged to %s", payTo: "Please pay to", terms: "Terms of payment", defaultTerms: "30 days net",
	prepaymentCredit: "%s is added to your Azure prepayment commitment as a credit. It can be used through %s; what is unused then expires.",
	prepaymentZero:   "Nothing is left of the refund; no credit is added to your Azure prepayment commitment.",
	overageCredit:    "%s is credited to your account against the invoice named above.",
	noteSettled:      "The credit is settled with invoice %s, which replaces the cancelled one and says what happens to what is left over.",
	noteAlone:        "%s is credited to your account.",
	setOff:           "%s of your held credit from %s pays invoice %s.",
	setOffNoTax:      "This is a payment. It does not change the VAT of any invoice.",
	expiry:           "%s of the credit from %s had not been used on its last day, and has expired.",
	expiryReversed:   "%s of the credit from %s was used before it expired. The expiry is reversed by this amount.",
	commitment:       "%s is charged to your Azure prepayment commitment.",
	restatement:      "This is a restatement for information. It is no invoice, and there is nothing to pay: the credit memo carries the money.",
	cardEnding:       "the card ending in %s",
	computedTitle:    "How the refund of %s was computed (request %s of %s)",
	ownAmounts:       "The share and the fee rate are applied to the price on your invoice.",
	page:             "Page %d of %d", seller: "Address", contact: "Contact", registration: "Registration", payment: "Payment", vat: "VAT no.", company: "Reg. no.",
	bankgiro: "Bankgiro", plusgiro: "Plusgiro", iban: "IBAN", bic: "BIC", tel: "Tel.",
	noSeller:  "Do not send: the configuration does not name the seller (name, address, VAT number). This paper is no valid invoice until it does.",
	dryRun:    "Rehearsal: this document was not issued, and its number is not taken.",
	noAccount: "The account's name and address are not known.",
}
