package money

import (
	"fmt"
	"strings"
)

// Currency is an ISO 4217 alphabetic code with its minor digits; the zero value
// is no currency. Currencies are comparable with ==.
type Currency struct {
	code   [3]byte
	digits uint8
}

// USD is the currency of the refund limit (LIM-5).
var USD = MustCurrency("USD")

// EUR is the base of the reference rates (IMP-5).
var EUR = MustCurrency("EUR")

// SEK is the currency of a Swedish biller's tax amounts (DOC-6).
var SEK = MustCurrency("SEK")

// digits holds the minor digits of the currencies of ISO 4217 that do not have
// two; every other active code is in twoDigits.
var digits = withTwo(map[string]uint8{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
})

const twoDigits = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE " +
	"CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF " +
	"IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV " +
	"MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP " +
	"STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG HRK"

func withTwo(m map[string]uint8) map[string]uint8 {
	for _, code := range strings.Fields(twoDigits) {
		m[code] = 2
	}
	return m
}

// ParseCurrency reads an ISO 4217 code in any case; an unknown code is an error.
func ParseCurrency(s string) (Currency, error) {
	if len(s) == 3 {
		code := [3]byte{s[0] &^ 0x20, s[1] &^ 0x20, s[2] &^ 0x20}
		if n, ok := digits[string(code[:])]; ok {
			return Currency{code, n}, nil
		}
	}
	return Currency{}, fmt.Errorf("%q is not an ISO 4217 currency code", s)
}

// MustCurrency is ParseCurrency for constants of a program; it panics on an unknown code.
func MustCurrency(s string) Currency {
	c, err := ParseCurrency(s)
	if err != nil {
		panic(err)
	}
	return c
}

// IsZero reports whether there is no currency.
func (c Currency) IsZero() bool { return c == Currency{} }

// String is the code, or empty.
func (c Currency) String() string {
	if c.IsZero() {
		return ""
	}
	return string(c.code[:])
}

// Digits is the number of minor digits by ISO 4217 (PRO-8): 2 for SEK, 0 for JPY, 3 for KWD.
func (c Currency) Digits() int { return int(c.digits) }
