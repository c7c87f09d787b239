package fugo;

import java.nio.CharBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A valid individual number (個人番号): twelve ASCII digits whose last is the check digit.
 *
 * <p>With P<sub>n</sub> the n-th digit of the eleven-digit body counted from the right, and Q<sub>n</sub> = n + 1 for
 * 1 ≤ n ≤ 6, Q<sub>n</sub> = n − 5 for 7 ≤ n ≤ 11: r = Σ P<sub>n</sub>·Q<sub>n</sub> mod 11; the check digit is 0 if r
 * ≤ 1, else 11 − r (平成26年総務省令第85号 第5条). A valid check digit does not prove that the number was issued: a random
 * twelve-digit string passes with probability 1/10.
 *
 * <p><b>Secrets in Java.</b> The digits are in an array of this object until {@link #close} overwrites it. Copies that
 * the garbage collector made cannot be overwritten, and neither can a {@link String}. Where that matters, parse from
 * {@code byte[]} or {@code char[]}, wipe that array, and close the number. A number that is never closed is collected
 * like any other object.
 *
 * <p>Numbers compare in constant time. {@link #toString} gives only the type. The class is not
 * {@link java.io.Serializable}.
 */
public final class MyNumber implements AutoCloseable {
    /** Length in ASCII digits. */
    public static final int LENGTH = 12;

    /** Length of the body, the digits before the check digit. */
    public static final int BODY_LENGTH = 11;

    private final byte[] digits;
    private volatile boolean closed;

    /** Keeps the array, not a copy. Its twelve digits were parsed before. */
    MyNumber(byte[] digits) {
        this.digits = digits;
    }

    /**
     * Parses exactly twelve ASCII digits. Spaces, separators and other digits are refused. Pass values from real files
     * through {@link Normalized} first.
     *
     * @param text twelve digits
     * @return the number
     * @throws MyNumberException if the text is not a valid MyNumber
     */
    public static MyNumber parse(CharSequence text) {
        return taken(Utf8.of(text));
    }

    /**
     * Parses exactly twelve ASCII digits. The caller wipes the array.
     *
     * @param text twelve digits
     * @return the number
     * @throws MyNumberException if the text is not a valid MyNumber
     */
    public static MyNumber parse(char[] text) {
        return taken(Utf8.of(CharBuffer.wrap(text)));
    }

    /**
     * Parses exactly twelve ASCII digits. The caller wipes the array.
     *
     * @param text twelve digits, one per byte
     * @return the number
     * @throws MyNumberException if the text is not a valid MyNumber
     */
    public static MyNumber parse(byte[] text) {
        return taken(text.clone());
    }

    private static MyNumber taken(byte[] text) {
        boolean parsed = false;
        try {
            Native.parse(text);
            parsed = true;
            return new MyNumber(text);
        } finally {
            if (!parsed) {
                Arrays.fill(text, (byte) 0);
            }
        }
    }

    /**
     * The check digit of an eleven-digit body, by the formula above.
     *
     * @param body eleven ASCII digits
     * @return 0 to 9
     * @throws MyNumberException of kind {@code non-digit} or {@code length}
     */
    public static int checkDigit(CharSequence body) {
        byte[] bytes = Utf8.of(body);
        try {
            return Native.checkDigit(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * The check digit of an eleven-digit body, by the formula above.
     *
     * @param body eleven ASCII digits, one per byte
     * @return 0 to 9
     * @throws MyNumberException of kind {@code non-digit} or {@code length}
     */
    public static int checkDigit(byte[] body) {
        return Native.checkDigit(body);
    }

    /**
     * The array itself, not a copy. If another thread closes the number now, the array no longer holds twelve digits,
     * and the native call refuses it.
     */
    byte[] digits() {
        if (closed) {
            throw new IllegalStateException("this MyNumber is closed");
        }
        return digits;
    }

    /**
     * The twelve ASCII digits. Only this method reveals them: do not log, store or print the result, and wipe it.
     *
     * @return a new array of 12 bytes
     * @throws IllegalStateException if the number is closed
     */
    public byte[] exposeDigits() {
        byte[] copy = digits().clone();
        digits();
        return copy;
    }

    /** Overwrites the digits. Closing twice does nothing. Later calls throw {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(digits, (byte) 0);
    }

    /**
     * Compares with another object in constant time. A closed number equals only itself.
     *
     * @param other the object to compare with
     * @return true if it is the same number
     */
    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof MyNumber number
                && !closed
                && !number.closed
                && MessageDigest.isEqual(digits, number.digits);
    }

    /**
     * A hash with a random key of this process. So it reveals nothing about the number outside the process, and it
     * differs from run to run.
     *
     * @return the hash, which changes when the number is closed
     */
    @Override
    public int hashCode() {
        return Native.hash(digits);
    }

    /**
     * Only the type.
     *
     * @return {@code MyNumber(..)}
     */
    @Override
    public String toString() {
        return "MyNumber(..)";
    }
}
