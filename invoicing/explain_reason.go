package invoicing

import "fmt"

// reasonRules says which rule gives a reason.
var reasonRules = map[Reason]Rule{
	NotOwner: ELG1, NotRefundable: ELG2, GovernmentCloud: ELG3, BeforePurchase: ELG4, TermEnded: ELG4, QuantityExceeded: ELG4,
	OrderConflict: IMP10, PriceUnknown: PRO7, RateUnknown: LIM5, InvoiceUnknown: BILINV3, CommitmentInactive: BILEA2,
	CardChanged: BILCARD1, LimitExceeded: LIM3, ExchangeIncomplete: EXC1, AccountMismatch: EXC1, DateMismatch: EXC1, CurrencyMismatch: EXC1,
	TypeMismatch: EXC2, TooManyPurchases: EXC2, CommitmentTooLow: EXC3,
}

func (s *steps) reasons(d *Decision) {
	for _, r := range d.Reasons.List() {
		step := Step{What: r.String(), How: "of another line of the exchange", Result: d.Outcome.String()}
		if d.own(r) {
			step.How = d.why(r)
		}
		if rule, ok := reasonRules[r]; ok {
			step.Rule = rule.String()
		}
		*s = append(*s, step)
	}
}

// own reports whether a line has a reason by itself. Every line of an exchange
// carries the reasons of all, and of another's this one's figures would say what is
// not so. Reasons that the lines have together are each line's own.
func (d *Decision) own(r Reason) bool {
	switch r {
	case ReservationUnknown:
		return d.Account == "" && d.Request.Action.returns()
	case AccountUnknown:
		return d.Account != "" && d.Type == 0
	case OrderConflict:
		return d.Rules.Has(IMP10)
	case InvoiceUnknown:
		return d.Rules.Has(BILINV3) && d.Original.IsZero()
	case NotOwner:
		return d.Rules.Has(ELG1)
	case BeforePurchase:
		return d.Rules.Has(ELG4) && d.Request.Date < d.Start
	case TermEnded:
		return d.Rules.Has(ELG4) && d.Request.Date >= d.End
	case QuantityExceeded:
		return d.Rules.Has(ELG4)
	}
	return true
}

// why tells a reason with the figures of the decision, and what to do about a
// holding one.
func (d *Decision) why(r Reason) string {
	q := &d.Request
	switch r {
	case ReservationUnknown:
		return fmt.Sprintf("no export or sheet names the order %s yet; the request waits for it", q.Order)
	case AccountUnknown:
		return fmt.Sprintf("the order is on account %s, which the sheet Accounts does not have; the request waits for it", d.Account)
	case OrderConflict:
		return "two sources disagree on the order's account, date, quantity, currency or amount; mend one of them"
	case PriceUnknown:
		return "no current price of the product is known on the request date"
	case RateUnknown:
		return "no reference rate of the request date or the 7 days before it; put the ECB's rates into the inbox, or state VendorAmountUSD"
	case InvoiceUnknown:
		return "no invoice that stands carries the order in the register, and the purchase names none; add it to the sheet Invoices"
	case CommitmentInactive:
		return fmt.Sprintf("no commitment term of account %s covers %s; add the term to the sheet Accounts", d.Account, q.Date)
	case CardChanged:
		return "the account's card is not the one that paid, or none is known; the money goes back through support"
	case NotOwner:
		if q.Role == "" {
			return "no RequesterRole is given, and only some roles may return or buy on this account"
		}
		return fmt.Sprintf("the requester's role is %q, which may not return or buy on this account", q.Role)
	case NotRefundable:
		return "products of this type can be exchanged but not refunded"
	case GovernmentCloud:
		return "an EA account in the US Government cloud has no self-service refund"
	case BeforePurchase:
		return fmt.Sprintf("requested on %s, bought on %s", q.Date, d.Start)
	case TermEnded:
		return fmt.Sprintf("requested on %s, the term ended on %s", q.Date, d.End)
	case QuantityExceeded:
		with := ""
		if q.Quantity <= d.ActiveQuantity {
			with = ", and more by other lines of the exchange"
		}
		return fmt.Sprintf("%d asked for%s, %d of %d active", q.Quantity, with, d.ActiveQuantity, d.OrderQuantity)
	case ExchangeIncomplete:
		return "an exchange is one or more returns and purchases, a transfer one or more TransferOut and TransferIn, all tied by one ExchangeId"
	case AccountMismatch:
		return "the lines of an exchange are of one account; a transfer goes from a pay-as-you-go account to a CSP account"
	case DateMismatch:
		return "the lines of an exchange have one request date"
	case CurrencyMismatch:
		return "the lines of an exchange, and the invoices that it replaces, are in one currency"
	case TypeMismatch:
		return "all lines of an exchange are of one known product type"
	case TooManyPurchases:
		return "the policy allows fewer purchases in one exchange"
	case CommitmentTooLow:
		return fmt.Sprintf("the purchases commit to %s, %s less than the %s that is canceled", d.Lifetime, d.ExchangeCanceled.Sub(d.Lifetime), d.ExchangeCanceled)
	case AmountTooLarge:
		return "an amount of the account's requests, orders, prices, invoices, charges or credits, or an exchange rate, is too large to compute with; mend the row that is wrong"
	case TooManyLines:
		return fmt.Sprintf("the documents that this night issued to the account have more than %d lines; the next night goes on", mostLines)
	case LimitExceeded:
		return fmt.Sprintf("%s would count, %s of the limit is left", d.LimitMeasured, d.LimitRemaining)
	}
	return whyNotUndone(r, q)
}

// whyNotUndone tells a reason of a Withdraw or a Reverse.
func whyNotUndone(r Reason, q *Request) string {
	switch r {
	case RequestUnknown:
		return fmt.Sprintf("no request %s was read yet, or its day has not come; it waits for it", q.Withdraws)
	case AlreadyDecided:
		return fmt.Sprintf("%s is decided already; what is approved can be undone by a Reverse", q.Withdraws)
	case NotApproved:
		return fmt.Sprintf("%s is no refund, exchange or transfer that was approved; what waits can be taken back by a Withdraw", q.Withdraws)
	case AlreadyReversed:
		return fmt.Sprintf("%s was undone by another Reverse", q.Withdraws)
	case InvoiceReplaced:
		return fmt.Sprintf("a later request has replaced the invoice that %s issued: reverse that one first; where it replaced several invoices, its Reverse restores these as one, and %s stands", q.Withdraws, q.Withdraws)
	case PurchaseChanged:
		return fmt.Sprintf("units that %s bought have been returned or exchanged since: reverse that first", q.Withdraws)
	case CreditUsed:
		return fmt.Sprintf("a credit that %s granted is used or expired, or what it bought was paid from a credit", q.Withdraws)
	case MoneySent:
		return fmt.Sprintf("%s went through a card or a payout, which cannot be called back: charge the customer anew", q.Withdraws)
	case VendorCredited:
		return fmt.Sprintf("the vendor's credit for %s is reconciled; the reservation is gone at the vendor", q.Withdraws)
	}
	return ""
}
