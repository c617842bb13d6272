package money

// Append writes String.
func (d Decimal) Append(b []byte) []byte { return appendDecimal(b, d.coef, int(d.scale)) }
