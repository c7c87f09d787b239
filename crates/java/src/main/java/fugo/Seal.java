package fugo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/** How a new key file is locked. A passphrase lives outside Java's heap and is wiped on {@link #close}. */
public final class Seal extends Handle {
    private Seal(long value) {
        super(value);
    }

    /**
     * With a passphrase, which is not empty: scrypt with work 2<sup>18</sup>, about a second. The caller wipes the
     * array.
     *
     * @param passphrase the passphrase
     * @return the lock
     * @throws KeyFileException of kind {@code empty-passphrase}
     * @throws IllegalArgumentException if half of a surrogate pair is missing
     */
    public static Seal passphrase(char[] passphrase) {
        byte[] bytes = Utf8.ofPassphrase(passphrase);
        try {
            return new Seal(Native.sealPassphrase(bytes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * To recipients, at least one; the identity of any one of them opens the file.
     *
     * @param recipients X25519 public keys of age, {@code age1…}
     * @return the lock
     * @throws KeyFileException of kind {@code no-recipient}
     * @throws IllegalArgumentException if one is no recipient
     */
    public static Seal recipients(Collection<String> recipients) {
        return new Seal(Native.sealRecipients(String.join("\n", recipients).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Not at all: for test keys only.
     *
     * @return the lock that is none
     */
    public static Seal plaintext() {
        return new Seal(Native.sealPlaintext());
    }
}
