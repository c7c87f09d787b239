package fugo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What opens key files: passphrases and identities, each tried in turn. They live outside Java's heap and are wiped on
 * {@link #close}.
 *
 * <pre>{@code
 * try (Unlock unlock = new Unlock().passphraseFile(secret); KeyFile file = KeyFile.load(path, unlock)) {
 *     ...
 * }
 * }</pre>
 */
public final class Unlock extends Handle {
    /** Holds nothing yet. */
    public Unlock() {
        super(Native.unlock());
    }

    /**
     * Takes test keys too, those whose file says {@code use: test}: for published and invented numbers. Without this call
     * they are refused.
     *
     * @return this
     */
    public Unlock testKeys() {
        return with(value -> {
            Native.allowTestKeys(value);
            return this;
        });
    }

    /**
     * Adds a passphrase. Every one that is tried costs about a second. The caller wipes the array.
     *
     * @param passphrase the passphrase
     * @return this
     * @throws IllegalArgumentException if half of a surrogate pair is missing
     */
    public Unlock passphrase(char[] passphrase) {
        byte[] bytes = Utf8.ofPassphrase(passphrase);
        try {
            return with(value -> {
                Native.addPassphrase(value, bytes);
                return this;
            });
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Adds the passphrase on the first line of a file that only its owner can read. It never comes into Java's heap.
     *
     * @param path the file
     * @return this
     * @throws KeyFileException if the file is not taken
     */
    public Unlock passphraseFile(Path path) {
        byte[] bytes = bytes(path);
        return with(value -> KeyFileException.named("passphrase file", path, () -> {
            Native.addPassphraseFile(value, bytes);
            return this;
        }));
    }

    /**
     * Adds the X25519 identities of an age identity file that only its owner can read.
     *
     * @param path the file
     * @return this
     * @throws KeyFileException if the file is not taken
     */
    public Unlock identityFile(Path path) {
        byte[] bytes = bytes(path);
        return with(value -> KeyFileException.named("identity file", path, () -> {
            Native.addIdentityFile(value, bytes);
            return this;
        }));
    }

    /** The library has its own idea of the working directory only if somebody changed it; so the whole path. */
    static byte[] bytes(Path path) {
        return path.toFile().getAbsolutePath().getBytes(StandardCharsets.UTF_8);
    }
}
