package exporters

import (
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// counted is what a number is of: of one, and of any other.
type counted [2]string

func (c counted) of(n int) string {
	if n == 1 {
		return c[0]
	}
	return c[1]
}

// pageWords are the words of the night's page in one language.
type pageWords struct {
	Lang, Night, Run, Rehearsal, AtAGlance, Row                                                               string
	approved, rejected, held, issued, refused                                                                 counted
	MoneyOut, MoneyIn, Net, Refund, Fee, Prepayment, HeldCredit, OpenAmount, Card, Payout, Charged, TakenBack string
	Owed, CreditUsed, Expired, NothingMoved                                                                   string
	ToDo, NothingToDo, HeldWhy, CreditsSoon, LimitsNearly, RowsToMend, Waits, Mend                            string
	Request, Account, Order, Credit, LastDay, Left, Used, NextRelease, Place, Value                           string
	Reasons, ExpiresByWeek, Week, Limits, Documents, Number, Kind, Gross, More, Files                         string
	Proof, ProofHolds, ProofBroken, Line, Says, BothSides, Policies, Program                                  string
	why                                                                                                       map[invoicing.Reason]string
	reasons                                                                                                   map[invoicing.Reason]string
	paper                                                                                                     *words            // of the documents, whose names and numbers it takes
	proof                                                                                                     map[string]string // by what a line says, in English
	BreaksOpen, BreaksEnded, Break, Difference, AgeDays, SupportOpen, Since, Amount                           string
	classes                                                                                                   map[reconcile.Class]string
	NoEInvoice, Warned, Lacks, Expected                                                                       string
	lacks                                                                                                     map[string]string // by rule, where the rule's own words are in another language
}

// wordsOf are the words of a language; any but Swedish is English.
func wordsOf(language string) *pageWords {
	if strings.HasPrefix(strings.ToLower(language), "sv") {
		return &pageSwedish
	}
	return &pageEnglish
}

var pageEnglish = pageWords{
	paper: &english,
	Lang:  "en", Night: "The night of", Run: "run", Rehearsal: "a rehearsal: nothing was kept", AtAGlance: "At a glance", Row: "row",
	approved: counted{"approved", "approved"}, rejected: counted{"rejected", "rejected"}, held: counted{"held", "held"},
	issued: counted{"document issued", "documents issued"}, refused: counted{"row refused", "rows refused"},
	MoneyOut: "Back to customers at their prices, with tax", MoneyIn: "Other movements", Refund: "Refunds", Net: "refunds at the vendor's prices, net of tax", Fee: "early termination fee", Prepayment: "prepayment credit",
	HeldCredit: "held credit", OpenAmount: "off open invoices", Card: "to cards", Payout: "paid out", Owed: "owed by customers", Charged: "charged to cards", TakenBack: "taken back by reversals", CreditUsed: "credit used",
	Expired: "credit expired", NothingMoved: "No money moved.",
	ToDo: "Needs a person today", NothingToDo: "Nothing.", HeldWhy: "Held requests, the oldest first", CreditsSoon: "Prepayment credit that expires within 30 days",
	LimitsNearly: "Refund limits used to 80 percent or more", RowsToMend: "Refused rows", Waits: "Why it waits", Mend: "How to mend it",
	Request: "Request", Account: "Account", Order: "Order", Credit: "Credit", LastDay: "Last day", Left: "Left", Used: "Used", NextRelease: "Next released", Place: "Where", Value: "What",
	Reasons: "Why requests were rejected", ExpiresByWeek: "Prepayment credit by the week in which it expires", Week: "week from", Limits: "The fullest refund limits",
	Documents: "Documents", Number: "Number", Kind: "Kind", Gross: "Gross", More: "more in", Files: "Files of this run",
	Proof: "The proof", ProofHolds: "Every line holds.", ProofBroken: "A line does not hold.", Line: "Line", Says: "What must be equal", BothSides: "Both sides",
	Policies: "Policy", Program: "Program", NoEInvoice: "No e-invoices yet: sent as PDF", Warned: "Look at these documents", Lacks: "What is missing", Expected: "expected:",
	BreaksOpen: "Breaks with the vendor, the oldest first", BreaksEnded: "Breaks with the vendor that were settled since the night before", Break: "Break", Difference: "Credited less expected", AgeDays: "Age, days",
	SupportOpen: "To be sent to the vendor's support, or waiting for its credit", Since: "Since", Amount: "Amount",
	classes: map[reconcile.Class]string{reconcile.AmountDifference: "another amount", reconcile.MissingAtVendor: "not credited", reconcile.UnexpectedAtVendor: "credited, but not expected",
		reconcile.DuplicateAtVendor: "credited twice", reconcile.CurrencyMismatch: "another currency"},
	reasons: map[invoicing.Reason]string{
		invoicing.ReservationUnknown: "reservation unknown", invoicing.AccountUnknown: "account unknown", invoicing.OrderConflict: "sources disagree on the order",
		invoicing.PriceUnknown: "current price unknown", invoicing.RateUnknown: "exchange rate unknown", invoicing.InvoiceUnknown: "original invoice unknown",
		invoicing.CommitmentInactive: "no active commitment", invoicing.CardChanged: "the card has changed", invoicing.NotOwner: "role may not return",
		invoicing.NotRefundable: "product not refundable", invoicing.GovernmentCloud: "US Government cloud", invoicing.BeforePurchase: "before the purchase",
		invoicing.TermEnded: "term ended", invoicing.QuantityExceeded: "more than is active", invoicing.ExchangeIncomplete: "exchange incomplete",
		invoicing.AccountMismatch: "accounts differ", invoicing.DateMismatch: "dates differ", invoicing.CurrencyMismatch: "currencies differ",
		invoicing.TypeMismatch: "product types differ", invoicing.TooManyPurchases: "too many purchases", invoicing.CommitmentTooLow: "commitment too low",
		invoicing.LimitExceeded: "refund limit exceeded", invoicing.RequestUnknown: "the request it names is unknown", invoicing.AlreadyDecided: "decided already",
		invoicing.NotApproved: "nothing approved to reverse", invoicing.AlreadyReversed: "reversed already", invoicing.InvoiceReplaced: "its invoice was replaced since",
		invoicing.PurchaseChanged: "what it bought was returned since", invoicing.CreditUsed: "its credit is used or expired", invoicing.MoneySent: "its money was sent",
		invoicing.VendorCredited: "the vendor has credited it", invoicing.AmountTooLarge: "an amount is too large",
		invoicing.TooManyLines: "too many lines for one night",
	},
}

var pageSwedish = pageWords{
	Lang: "sv", Night: "Natten till", Run: "körning", Rehearsal: "en provkörning: inget sparades", AtAGlance: "I korthet", Row: "rad",
	approved: counted{"godkänd", "godkända"}, rejected: counted{"avslagen", "avslagna"}, held: counted{"vilande", "vilande"},
	issued: counted{"utfärdat dokument", "utfärdade dokument"}, refused: counted{"avvisad rad", "avvisade rader"},
	MoneyOut: "Tillbaka till kunderna till deras priser, inkl. moms", MoneyIn: "Övriga rörelser", Refund: "Återbetalningar", Net: "återbetalningar till leverantörens priser, exkl. moms", Fee: "avgift för förtida uppsägning", Prepayment: "förskottskredit",
	HeldCredit: "innestående kredit", OpenAmount: "avdrag på obetalda fakturor", Card: "till kort", Payout: "utbetalt", Owed: "kunderna är skyldiga", Charged: "debiterat kort", TakenBack: "återtaget genom återföringar", CreditUsed: "utnyttjad kredit",
	Expired: "förfallen kredit", NothingMoved: "Inga pengar rörde sig.",
	ToDo: "Att göra i dag", NothingToDo: "Inget.", HeldWhy: "Vilande ärenden, äldst först", CreditsSoon: "Förskottskredit som förfaller inom 30 dagar",
	LimitsNearly: "Återbetalningsgränser utnyttjade till minst 80 procent", RowsToMend: "Avvisade rader", Waits: "Varför det väntar", Mend: "Så rättas det",
	Request: "Ärende", Account: "Konto", Order: "Order", Credit: "Kredit", LastDay: "Sista dag", Left: "Kvar", Used: "Använt", NextRelease: "Nästa frigörs", Place: "Var", Value: "Vad",
	Reasons: "Varför ärenden avslogs", ExpiresByWeek: "Förskottskredit efter den vecka då den förfaller", Week: "veckan från", Limits: "De mest utnyttjade gränserna",
	Documents: "Dokument", Number: "Nummer", Kind: "Typ", Gross: "Brutto", More: "till i", Files: "Körningens filer",
	Proof: "Avstämning", ProofHolds: "Varje rad stämmer.", ProofBroken: "En rad stämmer inte.", Line: "Rad", Says: "Vad som ska vara lika", BothSides: "Båda sidor",
	Policies: "Policy", Program: "Program", NoEInvoice: "Ännu inte e-fakturor: skickas som PDF", Warned: "Dokument att se över", Lacks: "Vad som saknas", Expected: "väntat:",
	BreaksOpen: "Avvikelser mot leverantören, äldst först", BreaksEnded: "Avvikelser mot leverantören som avgjorts sedan natten före", Break: "Avvikelse", Difference: "Krediterat minus väntat", AgeDays: "Ålder, dagar",
	SupportOpen: "Att skicka till leverantörens support, eller i väntan på dess kredit", Since: "Sedan", Amount: "Belopp",
	classes: map[reconcile.Class]string{reconcile.AmountDifference: "annat belopp", reconcile.MissingAtVendor: "inte krediterat", reconcile.UnexpectedAtVendor: "krediterat utan att vara väntat",
		reconcile.DuplicateAtVendor: "krediterat två gånger", reconcile.CurrencyMismatch: "annan valuta"},
	lacks: map[string]string{
		ublSeller.id:          "konfigurationen nämner ingen säljare: namn, adress, momsregistreringsnummer och elektronisk adress",
		ublSEK.id:             "ingen referenskurs för dagen är känd, så momsen i SEK står inte på dokumentet; lägg ECB:s kurser i inkorgen",
		pdfFont.id:            "ett namn eller en text har tecken som PDF:en inte kan visa, och frågetecken står för dem; skriv det med latinska, grekiska, kyrilliska eller hebreiska bokstäver",
		ledgerNumber.id:       "ett konto i verifikationen i general-ledger.csv har inget nummer; ange det i konfigurationen (seller.accounts)",
		"PEPPOL-EN16931-R003": "köparens referens saknas (bladet Accounts: BuyerReference)",
		"PEPPOL-EN16931-R010": "köparen har ingen elektronisk adress (bladet Accounts: EndpointId)",
		"PEPPOL-EN16931-R020": "säljaren har ingen elektronisk adress (konfigurationen: seller.endpoint_id)",
		"BR-09":               "säljaren har inget land (konfigurationen: seller.country)",
		"BR-CO-26":            "inget nummer identifierar säljaren: på det som inte omfattas av moms får momsregistreringsnumret inte stå, så ett organisationsnummer behövs (konfigurationen: seller.company_id)",
		"BR-11":               "köparen har inget land (bladet Accounts: Country)",
	},
	why: map[invoicing.Reason]string{
		invoicing.ReservationUnknown: "ingen export och inget blad känner till ordern ännu; ärendet väntar på den",
		invoicing.AccountUnknown:     "kontot saknas i bladet Accounts; lägg till det",
		invoicing.OrderConflict:      "två källor säger emot varandra om orderns konto, datum, antal, valuta eller belopp; rätta den ena",
		invoicing.PriceUnknown:       "produktens aktuella pris på dagen är okänt; lägg till det i bladet Prices",
		invoicing.RateUnknown:        "ingen referenskurs för dagen eller de 7 dagarna före; lägg ECB:s kurser i inkorgen, eller ange VendorAmountUSD",
		invoicing.InvoiceUnknown:     "ingen faktura i registret har ordern, och köpet nämner ingen; lägg till den i bladet Invoices",
		invoicing.CommitmentInactive: "ingen åtagandeperiod täcker dagen; lägg till perioden i bladet Accounts",
		invoicing.RequestUnknown:     "ärendet som raden avser har inte kommit ännu; raden väntar på det",
		invoicing.AmountTooLarge:     "ett belopp i kontots ärenden, ordrar, priser, fakturor, debiteringar eller krediter, eller en växelkurs, är för stort att räkna med; rätta raden som är fel",
		invoicing.TooManyLines:       "nattens dokument till kontot har redan för många rader; nästa natt fortsätter",
		invoicing.CardChanged:        "kontots kort är inte det som betalade, eller okänt; pengarna går tillbaka via supporten",
	},
	reasons: map[invoicing.Reason]string{
		invoicing.ReservationUnknown: "okänd reservation", invoicing.AccountUnknown: "okänt konto", invoicing.OrderConflict: "källor oense om ordern",
		invoicing.PriceUnknown: "okänt aktuellt pris", invoicing.RateUnknown: "okänd växelkurs", invoicing.InvoiceUnknown: "okänd ursprungsfaktura",
		invoicing.CommitmentInactive: "inget aktivt åtagande", invoicing.CardChanged: "kortet har bytts", invoicing.NotOwner: "rollen får inte lämna tillbaka",
		invoicing.NotRefundable: "produkten återbetalas inte", invoicing.GovernmentCloud: "US Government-molnet", invoicing.BeforePurchase: "före köpet",
		invoicing.TermEnded: "perioden är slut", invoicing.QuantityExceeded: "fler än vad som är aktivt", invoicing.ExchangeIncomplete: "ofullständigt byte",
		invoicing.AccountMismatch: "olika konton", invoicing.DateMismatch: "olika datum", invoicing.CurrencyMismatch: "olika valutor",
		invoicing.TypeMismatch: "olika produkttyper", invoicing.TooManyPurchases: "för många köp", invoicing.CommitmentTooLow: "för lågt åtagande",
		invoicing.LimitExceeded: "återbetalningsgränsen överskrids", invoicing.RequestUnknown: "ärendet som avses är okänt", invoicing.AlreadyDecided: "redan avgjort",
		invoicing.NotApproved: "inget godkänt att upphäva", invoicing.AlreadyReversed: "redan upphävt", invoicing.InvoiceReplaced: "fakturan har ersatts sedan dess",
		invoicing.PurchaseChanged: "köpet har lämnats tillbaka sedan dess", invoicing.CreditUsed: "krediten är använd eller förfallen", invoicing.MoneySent: "pengarna är skickade",
		invoicing.VendorCredited: "leverantören har krediterat det", invoicing.AmountTooLarge: "ett belopp är för stort",
		invoicing.TooManyLines: "för många rader för en natt",
	},
	proof: map[string]string{
		"prorated = refund + fee":                                  "proraterat belopp = återbetalning + avgift",
		"gross cancelled = gross of the new invoices + left over":  "makulerat brutto = de nya fakturornas brutto + vad som blir över",
		"refunds from prepayment = lots granted":                   "återbetalt ur förskott = beviljad förskottskredit",
		"credits granted = used + expired + balance":               "beviljade krediter = använda + förfallna + saldo",
		"debits = credits":                                         "debet = kredit",
		"gross of documents = their movement on Receivable":        "dokumentens brutto = deras rörelse på Receivable",
		"balance of Liability:HeldCredit = held credits":           "saldot på Liability:HeldCredit = innestående krediter",
		"expected credits = the sum over their classes":            "väntade krediter = summan över deras klasser",
		"vendor credits = the sum over their classes":              "leverantörens krediter = summan över deras klasser",
		"expected credits, counted = the count over their classes": "väntade krediter, antal = antalet över deras klasser",
		"vendor credits, counted = the count over their classes":   "leverantörens krediter, antal = antalet över deras klasser",
		"rows read = kept + known + ignored + refused":             "lästa rader = behållna + kända + ignorerade + avvisade",
	},
	paper: &swedish,
}

// amount writes a decimal number for people.
func (w *pageWords) amount(number, code string) string {
	return w.paper.grouped(number) + "\u00a0" + code
}

// money writes an amount for people; nothing where there is none.
func (w *pageWords) money(m money.Money) string {
	if !m.IsSet() {
		return ""
	}
	return w.amount(m.Number(), m.Code())
}
