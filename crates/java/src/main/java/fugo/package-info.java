/**
 * Symbols (符号) for Japan's MyNumber (個人番号): {@code Symbol := HMAC-SHA-256(ScopeKey, twelve digits)[0..16]}.
 *
 * <p>A {@link fugo.RootKey} gives a {@link fugo.ScopeKey} for each {@link fugo.Scope}; a {@link fugo.SymbolKey} made
 * from it turns a {@link fugo.MyNumber} into a {@link fugo.Symbol}, one at a time or a column in one call.
 *
 * <p><b>Treat every symbol as 個人番号.</b> The Act's definition includes symbols that correspond to a number and are used
 * in its place. Whoever holds a scope's key can undo its symbols by trying all 10<sup>11</sup> numbers.
 *
 * <p>Rules of the whole package:
 * <ul>
 * <li>What is {@link java.lang.AutoCloseable} is closed by its user: keys are wiped then. One that is forgotten is
 * closed
 *     after it was garbage-collected, some time. Anything closed answers with {@link java.lang.IllegalStateException}.
 * <li>Every class is safe for use by several threads, closing included.
 * <li>A refused input is a {@link fugo.FugoException}, which says what was allowed and where, never the value. A null
 *     argument is a {@link java.lang.NullPointerException}.
 * <li>{@code toString} of numbers, keys and symbols gives the type only.
 * </ul>
 *
 * <p>Nobody owns a domain for fugo, so the package has its plain name.
 */
package fugo;
