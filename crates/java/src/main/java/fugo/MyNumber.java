package fugo;

import java.nio.CharBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A valid individual number (個人番号): twelve ASCII digits whose last is the check digit.
 *
 * <p>With P<sub>n</sub> the n-th digit of the eleven-digit body counted from the right, and Q<sub>n</sub> = n + 1 for
 * 1 ≤ n ≤ 6, Q<sub>n</sub> = n − 5 for 7 ≤ n ≤ 11: r = Σ P<sub>n</sub>·Q<sub>n</sub> mod 11; the check digit is 0 if r
 * ≤ 1, else 11 − r (平成26年総務省令第85号 第5条). A valid check digit is no proof of a real number: a random twelve-digit string
 * passes with probability 1/10.
 *
 * <p><b>Secrets in Java.</b> The digits live in an array of this object until {@link #close} overwrites it. What the
 * garbage collector copied before is out of reach, and so is a {@link String}, which nobody can overwrite: where that
 * matters, parse from {@code byte[]} or {@code char[]}, wipe what you parsed from, and close the number. A number that
 * is never closed is garbage like any other and needs nothing.
 *
 * <p>Compares in constant time; prints its type only; is not {@link java.io.Serializable}.
 */
public final class MyNumber implements AutoCloseable {
    /** Length in ASCII digits. */
    public static final int LENGTH = 12;

    /** Length of the body, the digits before the check digit. */
    public static final int BODY_LENGTH = 11;

    private final byte[] digits;
    private volatile boolean closed;

    /** Takes the array, whose twelve digits were parsed. */
    MyNumber(byte[] digits) {
        this.digits = digits;
    }

    /**
     * Parses exactly twelve ASCII digits. No trimming, no other script, no separators: what real files contain goes
     * through {@link Normalized} first.
     *
     * @param text twelve digits
     * @return the number
     * @throws MyNumberException if the text is anything else
     */
    public static MyNumber parse(CharSequence text) {
        return taken(Utf8.of(text));
    }

    /**
     * Parses exactly twelve ASCII digits. The caller wipes the array.
     *
     * @param text twelve digits
     * @return the number
     * @throws MyNumberException if the text is anything else
     */
    public static MyNumber parse(char[] text) {
        return taken(Utf8.of(CharBuffer.wrap(text)));
    }

    /**
     * Parses exactly twelve ASCII digits. The caller wipes the array.
     *
     * @param text twelve digits, one a byte
     * @return the number
     * @throws MyNumberException if the text is anything else
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
     * @param body eleven ASCII digits, one a byte
     * @return 0 to 9
     * @throws MyNumberException of kind {@code non-digit} or {@code length}
     */
    public static int checkDigit(byte[] body) {
        return Native.checkDigit(body);
    }

    /**
     * The digits in place. If another thread closes the number now, its array holds no twelve digits, and is refused
     * where it is used.
     */
    byte[] digits() {
        if (closed) {
            throw new IllegalStateException("this MyNumber is closed");
        }
        return digits;
    }

    /**
     * The twelve ASCII digits. The one way out of secrecy: do not log, store or print what it returns, and wipe it.
     *
     * @return a new array of 12 bytes
     * @throws IllegalStateException if the number is closed
     */
    public byte[] exposeDigits() {
        byte[] copy = digits().clone();
        digits();
        return copy;
    }

    /** Overwrites the digits. Closing twice does nothing; any use after it is an {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(digits, (byte) 0);
    }

    /**
     * Whether the other is the same number, in constant time. A closed number equals nothing but itself.
     *
     * @param other what to compare with
     * @return whether it is the same number
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
     * A hash under a key of this process, so that it says nothing of the number outside of it, and differs from run to
     * run.
     *
     * @return the hash; closing changes it
     */
    @Override
    public int hashCode() {
        return Native.hash(digits);
    }

    /**
     * The type, and nothing else.
     *
     * @return {@code MyNumber(..)}
     */
    @Override
    public String toString() {
        return "MyNumber(..)";
    }
}
