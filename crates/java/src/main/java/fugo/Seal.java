package fugo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/** How a new key file is locked. A passphrase is stored outside Java's heap and is wiped on {@link #close}. */
public final class Seal extends Handle {
    private Seal(long value) {
        super(value);
    }

    /**
     * Locks the file with a passphrase, which must not be empty. It uses scrypt with work 2<sup>18</sup>, which takes
     * about one second. The caller wipes the array.
     *
     * @param passphrase the passphrase
     * @return the lock
     * @throws KeyFileException of kind {@code empty-passphrase}
     * @throws IllegalArgumentException if a surrogate is unpaired
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
     * Locks the file to one or more recipients. The identity of any one of them opens it.
     *
     * @param recipients X25519 public keys of age, {@code age1…}
     * @return the lock
     * @throws KeyFileException of kind {@code no-recipient}
     * @throws IllegalArgumentException if a text is not a recipient
     */
    public static Seal recipients(Collection<String> recipients) {
        return new Seal(Native.sealRecipients(String.join("\n", recipients).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Leaves the file unlocked: for test keys only.
     *
     * @return no lock
     */
    public static Seal plaintext() {
        return new Seal(Native.sealPlaintext());
    }
}
