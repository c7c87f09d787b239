package fugo;

import java.util.OptionalInt;

/**
 * A row that a batch refused. It holds no digits of the number.
 *
 * @param row the row, from 0
 * @param kind the reason, as one word: {@code non-digit}, {@code length}, {@code check-digit} or {@code never-issued}; for
 *     an asked row of a {@link Translation} {@code unknown-symbol} or {@code no-symbol}
 * @param offset the position of the first non-digit, in UTF-8 bytes from 0; only of kind {@code non-digit}
 * @param found the number of digits; only of kind {@code length}
 * @param message the message for people
 */
public record Fault(int row, String kind, OptionalInt offset, OptionalInt found, String message) {}
