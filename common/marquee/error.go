package marquee

import (
	"errors"
	"strings"
	"time"
)

// Code names a kind of failure. Clients decide by it, never by text; the
// HTTP status of each is in one table in httpapi, the sentence for people in
// common/lang under "error.<code>".
type Code string

// The codes of the contract.
const (
	CodeInvalid              Code = "invalid_input"          // malformed or refused by the rules; Fields says where
	CodeMalformed            Code = "malformed_request"      // the body or the query could not be read at all
	CodeWrongCredentials     Code = "wrong_credentials"      // sign-in refused; never says why
	CodeUnauthenticated      Code = "unauthenticated"        // no access token where one is needed
	CodeInvalidToken         Code = "invalid_token"          // a token that is not, or no longer, good
	CodeWrongPassword        Code = "wrong_password"         // current_password missing or wrong
	CodeStepUpRequired       Code = "step_up_required"       // the sign-in is too old for what was asked
	CodeStepUpRefused        Code = "step_up_refused"        // the session was opened without a password and cannot get more
	CodeMFARequired          Code = "mfa_required"           // the password was right; MFAToken is for the second step
	CodeWrongCode            Code = "wrong_code"             // the second step goes on: a code that is wrong or used
	CodeAttemptOver          Code = "mfa_attempt_over"       // the second step came too late or failed too often
	CodeInvalidGrant         Code = "invalid_grant"          // a key, signature or assertion that opens nothing; never says why
	CodeUnsupportedGrant     Code = "unsupported_grant_type" // a way to get tokens that is not known here
	CodeInvalidAssertion     Code = "invalid_assertion"      // an SSH server that is not trusted, or speaks too late
	CodeKeyTaken             Code = "key_taken"              // the SSH key is linked to an account already
	CodeTooManyKeys          Code = "too_many_keys"          // the account has as many keys as it may
	CodeAuthorizationPending Code = "authorization_pending"  // a device asks, and nobody has answered yet (RFC 8628 section 3.5)
	CodeSlowDown             Code = "slow_down"              // the same, and it asks too often: five seconds longer each time
	CodeAccessDenied         Code = "access_denied"          // the device was refused
	CodeExpiredToken         Code = "expired_token"          // nobody answered the device in time
	CodeForbidden            Code = "forbidden"              // signed in, but not allowed
	CodeOwnAccount           Code = "own_account"            // not with one's own account
	CodeLastSuperuser        Code = "last_superuser"         // no active superuser would be left
	CodeNotFound             Code = "not_found"              // no such thing, or not yours
	CodeMethodNotAllowed     Code = "method_not_allowed"     //
	CodeUsernameTaken        Code = "username_taken"         //
	CodeEmailTaken           Code = "email_taken"            //
	CodeTooLarge             Code = "body_too_large"         //
	CodeUnsupportedMedia     Code = "unsupported_media_type" //
	CodeMisdirected          Code = "misdirected_request"    // a Host that is not ours (DNS rebinding)
	CodeCrossOrigin          Code = "cross_origin"           // a form from another site, or without its token
	CodeTooManyRequests      Code = "too_many_requests"      // RetryAfter says when
	CodeUnavailable          Code = "unavailable"            // a part is away or busy; nothing was changed
	CodeTimeout              Code = "timeout"                // not done in time; nothing was changed
	CodeInternal             Code = "internal"               //
	CodeServerUnreachable    Code = "server_unreachable"     // said by clients only: no answer came
	CodeUnexpectedAnswer     Code = "unexpected_answer"      // said by clients only: the answer is not of our contract
	CodeCertificateRejected  Code = "certificate_rejected"   // said by clients only: TLS could not be verified
)

// FieldError says what is wrong with one member of a request. Code is one of
// the Field* constants; Detail is the sentence for a person, set where the
// caller's language is known.
type FieldError struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Limit is the bound that was missed, for codes that have one; 0 otherwise.
	Limit int `json:"-"`
}

// What can be wrong with a field. The sentences are in common/lang under
// "field.<code>".
const (
	FieldRequired     = "required"
	FieldTooShort     = "too_short" // Limit: the least number of characters
	FieldTooLong      = "too_long"  // Limit: the greatest number of characters
	FieldCharacters   = "characters"
	FieldFormat       = "format"
	FieldTaken        = "taken"
	FieldMismatch     = "mismatch"      // a repeated password differs from the first
	FieldContainsName = "contains_name" // a password made of the account's own name or address
	FieldCommon       = "common"        // a password that very many people have
	FieldCommonWords  = "common_words"  // a password of a few words or names that everybody knows
	FieldKeyboard     = "keyboard"      // a password of keys that lie side by side
	FieldSequence     = "sequence"      // a password like abcdefgh or 12345678
	FieldRepeats      = "repeats"       // a password of one piece again and again
	FieldDate         = "date"          // a password of a date or a year
	FieldWrong        = "wrong"         // a password given again that is not the one
	FieldWrongCode    = "wrong_code"    // a code that is wrong, used, or of another time
	FieldStartedAnew  = "started_anew"  // a code for a second factor that was started again elsewhere
	FieldNoDevice     = "no_device"     // a code by which no device asks: over, answered, or never given
	FieldFileThere    = "file_there"    // a file's name that something has already
	FieldNoFolder     = "no_folder"     // a file's name in a folder that is not there
	FieldNotWritable  = "not_writable"  // a place where no file can be made
	FieldRange        = "range"
	FieldFuture       = "future" // a day that has begun nowhere on earth
	FieldUnknown      = "unknown_value"
)

// Error is the one error type that crosses package borders. What went wrong
// inside is kept in unexported fields: it can be logged (Error, Unwrap) and
// never serialised.
type Error struct {
	Code   Code
	Fields []FieldError
	// Detail is a sentence for a person; only clients fill it, from the answer.
	Detail string
	// RetryAfter is how long to wait before trying again; 0 when unsaid.
	RetryAfter time.Duration
	// MFAToken is for the second step of a sign-in; CodeMFARequired has one.
	MFAToken string
	// RequestID names the request at the server; only clients fill it.
	RequestID string

	op    string
	cause error
}

// E makes an Error without a cause.
func E(code Code) *Error { return &Error{Code: code} }

// Wrap makes an Error of code with what was being done and why it failed. The
// code of a cause that is an Error itself is for the log alone from then on.
func Wrap(code Code, op string, cause error) *Error {
	return &Error{Code: code, op: op, cause: cause}
}

// Unavailable says that a part is away or busy and nothing was changed.
func Unavailable(op string, cause error) *Error {
	return &Error{Code: CodeUnavailable, RetryAfter: 2 * time.Second, op: op, cause: cause}
}

// Invalid says which fields were refused. It returns nil without any.
func Invalid(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Fields: fields}
}

// Error is for logs and developers, not for people using the service.
func (e *Error) Error() string {
	var b strings.Builder
	if e.op != "" {
		b.WriteString(e.op + ": ")
	}
	b.WriteString(string(e.Code))
	for _, f := range e.Fields {
		b.WriteString(" " + f.Field + "=" + f.Code)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// ErrorCode returns the code of err: "" for nil, CodeInternal for an error
// that is not ours.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// IsCode reports whether err carries code.
func IsCode(err error, code Code) bool { return ErrorCode(err) == code }
