package auth

import (
	"example.com/marquee/backend/auth/strength"
	"example.com/marquee/common/marquee"
)

// serviceName is what everybody would try first here (ASVS 6.2.11).
const serviceName = "marquee"

// judge says why a new password would be guessed too soon, as a code of a
// field; own are the name and the address of whoever sets it.
func judge(password string, own ...string) string {
	switch strength.Judge(password, append([]string{serviceName}, own...)...) {
	case strength.None:
		return ""
	case strength.Common:
		return marquee.FieldCommon
	case strength.OwnWords:
		return marquee.FieldContainsName
	case strength.Keyboard:
		return marquee.FieldKeyboard
	case strength.Sequence:
		return marquee.FieldSequence
	case strength.Repeats:
		return marquee.FieldRepeats
	case strength.Dates:
		return marquee.FieldDate
	}
	return marquee.FieldCommonWords
}
