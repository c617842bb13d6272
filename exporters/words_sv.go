package exporters

import (
	"strings"

	"prorata/invoicing"
)

var swedish = words{
	code: "sv", decimal: ",", thousands: "\u00A0",
	titles: [...]string{
		invoicing.CreditNote: "Kreditfaktura", invoicing.CreditMemo: "Kreditnota", invoicing.InvoiceDoc: "Faktura",
		invoicing.InvoiceRevision: "Omräkning av faktura", invoicing.CommitmentCharge: "Debitering av åtagande",
		invoicing.SetOff: "Kvittningsavi", invoicing.Expiry: "Förfallen kredit",
	},
	kinds: [...]string{
		invoicing.RefundLine: "Återbetalning", invoicing.FeeLine: "Avgift för förtida uppsägning", invoicing.PurchaseLine: "Ny reservation",
		invoicing.CreditAppliedLine: "Innestående kredit kvittad mot fakturan", invoicing.BalanceForwardLine: "Ingående saldo",
	},
	documentNo: "Nummer", issueDate: "Datum", customerNo: "Kundnummer", yourReference: "Er referens", yourVAT: "Ert momsreg.nr",
	requests: "Begäran", billTo: "Faktureras",
	cancels: "Makulerar faktura", cancelsOther: "Makulerar", reverses: "Återför begäran", replacedBy: "Ersätts av faktura", replaces: "Ersätter faktura", cancelledBy: "Se kreditfaktura",
	credits: "Krediterar faktura", restates: "Omräkning av faktura", paysInvoice: "Betalar faktura", takesFrom: "Ur kredit från",
	reversed: "Återförd", expired: "Outnyttjad kredit som har förfallit", expiredBack: "Återfört förfall av kredit",
	description: "Beskrivning", quantity: "Antal", taxRate: "Moms", amount: "Belopp", order: "Reservationsorder", through: "till",
	net: "Netto", tax: "Moms", taxOn: "på", total: "Totalt inkl. moms", totalCredited: "Krediteras inkl. moms",
	inSEK:   "Moms i SEK: %s, till kursen %s SEK per %s enligt referenskurserna den %s (%s och %s per euro).",
	outside: "Utanför summorna", plainTotal: "Totalt",
	reasons: map[string]string{
		"AE": "Omvänd betalningsskyldighet: köparen redovisar momsen.", "E": "Undantag från moms.", "G": "Export utanför EU: ingen moms debiteras.",
	},
	exemption: map[string]string{
		"E": "undantag från moms", "AE": "omvänd betalningsskyldighet", "O": "omfattas inte av moms", "G": "export utanför EU", "Z": "nollskattesats",
	},
	moneyTitle: "Vad som händer med pengarna", creditedBy: "Krediterat genom %s", thisInvoice: "Denna faktura", leftOver: "Återstår", owed: "Att betala utöver det krediterade",
	owedBack: "Inte längre att betala på faktura %s", toPay: "Att betala",
	toOpen: "Minskar det som återstod att betala på ursprungsfakturan", toHeld: "Innestår som er kredit, för senare köp av reservationer",
	openAgain: "Åter att betala, som före återbetalningen", heldBack: "Tas ur er innestående kredit, som återbetalningen gav",
	toCard: "Återbetalas till %s", toPayout: "Utbetalas till er", chargedToCard: "Debiteras %s", terms: "Betalningsvillkor", defaultTerms: "30 dagar netto",
	prepaymentCredit: "%s läggs till ert förbetalda Azure-åtagande som en kredit. Den kan användas till och med %s; det som då inte har använts förfaller.",
	prepaymentZero:   "Inget återstår av återbetalningen; ingen kredit läggs till ert förbetalda Azure-åtagande.",
	overageCredit:    "%s krediteras ert konto mot fakturan som anges ovan.",
	noteSettled:      "Krediten regleras mot faktura %s, som ersätter den makulerade och anger vad som händer med det som återstår.",
	noteAlone:        "%s krediteras ert konto.",
	setOff:           "%s av er innestående kredit från %s betalar faktura %s.",
	setOffNoTax:      "Detta är en betalning. Den ändrar inte momsen på någon faktura.",
	expiry:           "%s av krediten från %s hade inte använts på dess sista dag och har förfallit.",
	expiryReversed:   "%s av krediten från %s användes innan den förföll. Förfallet återförs med detta belopp.",
	commitment:       "%s debiteras ert förbetalda Azure-åtagande.",
	commitmentBack:   "%s av krediten från %s tas tillbaka ur ert förbetalda Azure-åtagande.",
	chargeBack:       "%s återgår till ert förbetalda Azure-åtagande: debiteringen %s är makulerad.",
	restatementBack:  "Detta är en omräkning för kännedom. Den är ingen faktura och det finns inget att betala: beloppet regleras genom fakturan som återför kreditnotan.",
	restatement:      "Detta är en omräkning för kännedom. Den är ingen faktura och det finns inget att betala: beloppet regleras genom kreditnotan.",
	cardEnding:       "kortet som slutar på %s",
	computedTitle:    "Så har återbetalningen för %s beräknats (begäran %s den %s)",
	shareOfPrice:     "återbetald andel", wholePrice: "hela priset",
	ownAmounts: "Andelen och avgiftssatsen tillämpas på priset på er faktura.",
	page:       "Sida %d av %d", seller: "Adress", contact: "Kontakt", registration: "Registrering", payment: "Betalning", vat: "Momsreg.nr", company: "Org.nr",
	bankgiro: "Bankgiro", plusgiro: "Plusgiro", iban: "IBAN", bic: "BIC", tel: "Tel.",
	noSeller:  "Får ej skickas: säljaren (namn, adress, momsregistreringsnummer) saknas i konfigurationen. Utan den är detta ingen giltig faktura.",
	dryRun:    "Provkörning: dokumentet är inte utfärdat och numret är inte taget.",
	noAccount: "Kontots namn och adress är inte kända.",
	steps:     swedishSteps,
}

// swedishSteps puts the words of invoicing.Step into Swedish; the figures stay as
// they are. A test holds it to every step that a document shows.
var swedishSteps = strings.NewReplacer(
	" days in the period", " dagar i perioden", " used (", " använda (", "rounded once, at most the prorated amount", "avrundat en gång, högst det proraterade beloppet",
	"rounded once (PRO-8)", "avrundat en gång (PRO-8)", "exchanges and transfers carry no fee", "byten och överföringar har ingen avgift",
	"no fee by the policy, ", "ingen avgift enligt policyn, ", ", all that was paid for the period: ", ", allt som betalats för perioden: ", " days since the purchase and no usage", " dagar sedan köpet och ingen användning",
	" days since the purchase", " dagar sedan köpet", " day since the purchase and no usage", " dag sedan köpet och ingen användning", " day since the purchase", " dag sedan köpet",
	", what was paid for the period less what was refunded of it before", ", vad som betalats för perioden minus vad som återbetalats av det tidigare",
	" was refunded before of the ", " har återbetalats tidigare av de ", " paid for the period: nothing is left", " som betalats för perioden: inget återstår",
	"the lower of the two counts", "det lägre av de två gäller", "a grace return counts what was paid", "vid retur inom ångerfristen gäller det som betalats",
	"no current price is known", "inget aktuellt pris är känt",
	"exchanges and transfers always count the purchase price", "vid byten och överföringar gäller alltid inköpspriset",
	"the policy counts the purchase price", "enligt policyn gäller inköpspriset",
	"instalments due on or before ", "delbetalningar som förfallit till och med ", " are paid; the cycle runs ", " är betalda; perioden löper ", " to ", " till ",
	" were active", " var aktiva", " was active", " var aktiv", " months", " månader", " days", " dagar", " of ", " av ", " units", " enheter",
	"valid from and including the day of issue, as many days as the policy says", "giltig från och med utfärdandedagen, så många dagar som policyn säger",
	"; of that and the remaining commitment", "; av det och det återstående åtagandet", "; of the purchase amount", "; av köpesumman",
	"prorated amount", "proraterat belopp", "refund amount", "återbetalning", "days remaining", "återstående dagar", "current cycle", "innevarande period",
	"partial return", "delretur", "price basis", "prisbas", "the credit's last day", "kreditens sista dag", "term", "löptid", "fee", "avgift",
	"Purchase", "inköpspris", "Current", "aktuellt pris",
)
