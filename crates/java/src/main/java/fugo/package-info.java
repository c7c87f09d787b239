/**
 * Symbols (符号) for Japan's MyNumber (個人番号): {@code Symbol := HMAC-SHA-256(ScopeKey, twelve digits)[0..16]}.
 *
 * <p>A {@link fugo.RootKey} derives a {@link fugo.ScopeKey} for each {@link fugo.Scope}. A {@link fugo.SymbolKey} is
 * made from a scope key and derives a {@link fugo.Symbol} from a {@link fugo.MyNumber}, one at a time or a column per
 * call.
 *
 * <p><b>Treat every symbol as 個人番号.</b> The Act's definition includes symbols that correspond to a number and are used
 * in its place. Whoever has a scope key can find the numbers of its symbols by trying all 10<sup>11</sup>
 * numbers.
 *
 * <p>Rules of the whole package:
 * <ul>
 * <li>Close every {@link java.lang.AutoCloseable} object: this wipes keys. A forgotten object is closed some time after
 *     it was garbage-collected. Calls on a closed object throw {@link java.lang.IllegalStateException}.
 * <li>Every class is safe for use by several threads, and so is closing.
 * <li>A refused input throws a {@link fugo.FugoException}, whose message says what was allowed and where, never the
 *     value. A null argument throws a {@link java.lang.NullPointerException}.
 * <li>{@code toString} of numbers, keys and symbols gives only the type.
 * </ul>
 *
 * <p>fugo has no domain, so the package has no reversed domain name.
 */
package fugo;
