package fugo;

import java.util.OptionalInt;

/**
 * A row that a batch refused. Holds no digit.
 *
 * @param row the row, from 0
 * @param kind the word for it: {@code non-digit}, {@code length}, {@code check-digit} or {@code never-issued}
 * @param offset where the first non-digit stands, in UTF-8 bytes from the row's begin; only of kind {@code non-digit}
 * @param found how many digits there are; only of kind {@code length}
 * @param message the sentence for people
 */
public record Fault(int row, String kind, OptionalInt offset, OptionalInt found, String message) {}
