package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    /** X25519 identities that protect nothing: each is the SHA-256 of a published sentence. */
    private static final String IDENTITY = "AGE-SECRET-KEY-1AJ5C84DDC8C0WYDV9T9WXURZ7DP9ULEL3NW4FXHZ92ZJTMQVGW6QLRKJ3H";
    private static final String RECIPIENT = "age1ys5mmmd7hjpcwyk499l6zunpy735fneg634wkh83f3j468r0e4fsy0z4z5";
    private static final String OTHER = "AGE-SECRET-KEY-1K826RRHXMH0YYDANRU5UU3V36JG6KK2P8A8EFPENFSCVSFY4TDAQXSXJ42";

    @TempDir
    Path directory;

    private Path secret(String name, String text) throws IOException {
        Path path = directory.resolve(name);
        Files.writeString(path, text);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    private static KeyFileException refused(Path path, Unlock unlock) {
        return assertThrows(KeyFileException.class, () -> KeyFile.load(path, unlock));
    }

    private static void isOfWrongKind(Executable use) {
        assertEquals("wrong-kind", assertThrows(KeyFileException.class, use).kind());
    }

    /** A published key is refused for production, so this is another one. */
    private static final String PRODUCTION_ROOT = "9701fe3cd2580b6ae540198fc47d23b65ea10cf83492db67114fba85ec2d76c9";

    private static final String PRODUCTION_TAG = "883c39b4";

    private static KeyFile production() {
        try (RootKey root = RootKey.of(Known.bytes(PRODUCTION_ROOT))) {
            return KeyFile.of(root, Use.PRODUCTION);
        }
    }

    @Test
    void aProgramGivesAKeyAndItsTagConfirmsIt() throws IOException {
        Path program = directory.resolve("mac");
        Files.writeString(program, """
                #!/usr/bin/python3 -I
                import hashlib, hmac, sys
                sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))
                """);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        String address = "test:agency/nta/1=7c2cb2a1@exec:" + program;
        try (Unlock unlock = new Unlock().testKeys();
                KeyFile file = KeyFile.at(address, unlock);
                ScopeKey key = file.scopeKey();
                ScopeKey known = Known.scopeKey(Known.SCOPE)) {
            assertEquals(known, key);
            List<List<String>> refusals = List.of(
                    List.of(address.replace("7c2cb2a1", "7c2cb2a2"), "tag-mismatch"),
                    List.of("exec:" + program, "address"),
                    List.of("agency/nta/1=7c2cb2a1@exec:/bin/false", "program"),
                    List.of("pkcs11:token=a?module-path=/usr/lib/p11.so", "token-module"));
            for (List<String> refusal : refusals) {
                KeyFileException refused =
                        assertThrows(KeyFileException.class, () -> KeyFile.at(refusal.get(0), unlock));
                assertEquals(refusal.get(1), refused.kind());
            }
        }
    }

    @Test
    void aTestKeyIsWrittenAndReadInPlaintext() throws IOException {
        Path path = directory.resolve("root.key");
        try (RootKey root = Known.root();
                KeyFile file = KeyFile.of(root, Use.TEST);
                Seal seal = Seal.plaintext()) {
            file.create(path, seal);
            assertEquals("exists", assertThrows(KeyFileException.class, () -> file.create(path, seal)).kind());
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        try (KeyFile file = KeyFile.loadTestKey(path);
                RootKey root = file.rootKey();
                KeyFile derived = file.derive(Scope.parse(Known.SCOPE));
                ScopeKey key = derived.scopeKey()) {
            assertTrue(file.isRoot());
            assertEquals(Optional.empty(), file.scope());
            assertEquals(Use.TEST, file.usage());
            assertEquals(Known.ROOT_TAG, file.tag().toString());
            assertEquals(Known.root(), root);
            isOfWrongKind(file::scopeKey);

            assertFalse(derived.isRoot());
            assertEquals(Optional.of(Scope.parse(Known.SCOPE)), derived.scope());
            assertEquals(Use.TEST, derived.usage());
            assertEquals(Known.SCOPE_TAG, derived.tag().toString());
            assertEquals(Known.scopeKey(Known.SCOPE), key);
            isOfWrongKind(derived::rootKey);
            isOfWrongKind(() -> derived.derive(Scope.parse(Known.SCOPE)));
        }
    }

    @Test
    void aDerivedKeyIsRecordedInTheRegistryAsTheToolRecordsIt() throws IOException {
        Path path = directory.resolve("root.key");
        Path registry = directory.resolve("root.key.scopes");
        Scope scope = Scope.parse(Known.SCOPE);
        try (RootKey root = Known.root();
                KeyFile made = KeyFile.of(root, Use.TEST);
                Seal seal = Seal.plaintext()) {
            made.create(path, seal);
            assertThrows(IllegalStateException.class, () -> made.derive(scope));
            made.derive(scope, directory.resolve("named.scopes")).close();
        }
        String recorded = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,"
                + Known.SCOPE_TAG + ",,,\n";
        assertEquals(recorded, Files.readString(directory.resolve("named.scopes")));
        try (KeyFile file = KeyFile.loadTestKey(path)) {
            file.derive(scope).close();
            file.derive(scope).close();
            assertEquals(recorded, Files.readString(registry));
            Files.writeString(registry, "purpose,scope,epoch,tag\nagency,mof,1," + Known.SCOPE_TAG + "\n");
            KeyFileException clash = assertThrows(KeyFileException.class, () -> file.derive(scope));
            assertEquals("tag-clash", clash.kind());
            Files.writeString(registry, "purpose,scope,epoch,tag\nagency,nta,1,00000000\n");
            assertEquals("other-root", assertThrows(KeyFileException.class, () -> file.derive(scope)).kind());
            Files.writeString(registry, "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,"
                    + Known.SCOPE_TAG + ",,,2027-04-01\n");
            assertEquals("destroyed", assertThrows(KeyFileException.class, () -> file.derive(scope)).kind());
            Files.writeString(registry, "not a registry\n");
            KeyFileException line = assertThrows(KeyFileException.class, () -> file.derive(scope));
            assertEquals("line", line.kind());
            assertEquals(OptionalInt.of(1), line.line());
            assertEquals(Optional.of(path), line.path());
        }
    }

    @Test
    void aProductionKeyIsNeverInPlaintext() throws IOException {
        Path path = directory.resolve("root.key");
        try (KeyFile file = production();
                Seal seal = Seal.plaintext()) {
            assertEquals(
                    "plaintext-production", assertThrows(KeyFileException.class, () -> file.create(path, seal)).kind());
        }
        assertFalse(Files.exists(path));
        String text = "fugo-key 1\nkind: root\nuse: production\ntag: 0e84213a\nkey: " + Known.hex(Known.ROOT) + "\n";
        try (Unlock unlock = new Unlock().testKeys();
                KeyFile parsed = KeyFile.parse(text.getBytes(StandardCharsets.US_ASCII))) {
            assertEquals(Use.PRODUCTION, parsed.usage());
            assertEquals("plaintext-production", refused(secret("plain.key", text), unlock).kind());
        }
    }

    @Test
    void aPassphraseOpensAFileFromCharactersAndFromAFile() throws IOException {
        Path path = directory.resolve("locked.key");
        char[] passphrase = "正しい馬 battery staple".toCharArray();
        try (KeyFile file = production();
                Seal seal = Seal.passphrase(passphrase)) {
            file.create(path, seal);
        }
        try (Unlock unlock = new Unlock().testKeys()) {
            assertEquals("passphrase-needed", refused(path, unlock).kind());
            unlock.passphrase("wrong".toCharArray());
            assertEquals("wrong-passphrase", refused(path, unlock).kind());
            unlock.passphrase(passphrase);
            try (KeyFile file = KeyFile.load(path, unlock)) {
                assertEquals(Use.PRODUCTION, file.usage());
                assertEquals(PRODUCTION_TAG, file.tag().toString());
            }
        }
        try (Unlock unlock = new Unlock().testKeys().passphraseFile(secret("passphrase", new String(passphrase) + "\n"));
                KeyFile file = KeyFile.load(path, unlock)) {
            assertEquals(PRODUCTION_TAG, file.tag().toString());
        }
        char[] half = {'a', '\ud83d'};
        assertThrows(IllegalArgumentException.class, () -> Seal.passphrase(half));
        assertThrows(IllegalArgumentException.class, () -> new Unlock().testKeys().passphrase(half));
        char[] empty = {};
        assertEquals("empty-passphrase", assertThrows(KeyFileException.class, () -> Seal.passphrase(empty)).kind());
    }

    @Test
    void anIdentityOpensWhatIsLockedToItsRecipient() throws IOException {
        Path path = directory.resolve("locked.key");
        try (KeyFile file = production();
                Seal seal = Seal.recipients(List.of(RECIPIENT))) {
            file.create(path, seal);
        }
        try (Unlock unlock = new Unlock().testKeys()) {
            assertEquals("identity-needed", refused(path, unlock).kind());
            unlock.identityFile(secret("other", "# not this one\n" + OTHER + "\n"));
            assertEquals("wrong-identity", refused(path, unlock).kind());
            unlock.identityFile(secret("identity", IDENTITY + "\n"));
            try (KeyFile file = KeyFile.load(path, unlock)) {
                assertEquals(PRODUCTION_TAG, file.tag().toString());
            }
        }
        assertEquals("no-recipient", assertThrows(KeyFileException.class, () -> Seal.recipients(List.of())).kind());
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> Seal.recipients(List.of(RECIPIENT, IDENTITY)));
        assertFalse(error.getMessage().contains("1AJ5C"), "an identity given by mistake is not repeated");
    }

    @Test
    void anUnlockWithPassphraseAndIdentityOpensFilesOfEitherLock() throws IOException {
        Path byIdentity = directory.resolve("by-identity.key");
        Path byPassphrase = directory.resolve("by-passphrase.key");
        char[] passphrase = "correct horse battery staple".toCharArray();
        try (KeyFile file = production();
                Seal recipients = Seal.recipients(List.of(RECIPIENT));
                Seal locked = Seal.passphrase(passphrase);
                Unlock both = new Unlock().testKeys().passphrase(passphrase)) {
            file.create(byIdentity, recipients);
            file.create(byPassphrase, locked);
            both.identityFile(secret("identity", IDENTITY + "\n"));
            for (Path path : List.of(byIdentity, byPassphrase)) {
                try (KeyFile loaded = KeyFile.load(path, both);
                        KeyFile opened = KeyFile.open(Files.readAllBytes(path), both)) {
                    assertEquals(PRODUCTION_TAG, loaded.tag().toString());
                    assertEquals(PRODUCTION_TAG, opened.tag().toString());
                }
            }
        }
    }

    @Test
    void aFileOfSecretsThatIsNotTakenLeavesWhatIsHeld() throws IOException {
        Path path = directory.resolve("locked.key");
        try (KeyFile file = production();
                Seal seal = Seal.recipients(List.of(RECIPIENT));
                Unlock unlock = new Unlock().testKeys().identityFile(secret("identity", IDENTITY + "\n"))) {
            file.create(path, seal);
            Path bad = secret("bad", "# a comment\nAGE-SECRET-KEY-1QQQ\n");
            KeyFileException error = assertThrows(KeyFileException.class, () -> unlock.identityFile(bad));
            assertEquals("identity", error.kind());
            assertEquals(OptionalInt.of(2), error.line());
            Path empty = secret("empty", "\n");
            assertEquals("empty", assertThrows(KeyFileException.class, () -> unlock.passphraseFile(empty)).kind());
            Path open = secret("open", "secret\n");
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
            assertEquals(
                    "others-can-read", assertThrows(KeyFileException.class, () -> unlock.passphraseFile(open)).kind());
            KeyFile.load(path, unlock).close();
        }
    }

    @Test
    void everyReasonHasItsKindLineAndWork() throws IOException {
        try (Unlock unlock = new Unlock().testKeys()) {
            KeyFileException error = refused(directory.resolve("absent"), unlock);
            assertEquals("io", error.kind());
            assertEquals(OptionalInt.empty(), error.line());
            assertEquals("not-a-key-file", refused(secret("text", "hello\n"), unlock).kind());
            assertEquals("too-large", refused(secret("large", "x".repeat(70_000)), unlock).kind());
            assertEquals("damaged", refused(secret("cut", "-----BEGIN AGE ENCRYPTED FILE-----\nQQ\n"), unlock).kind());

            String scrypt = "age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 25\n"
                    + "fL5DpV3lZCWIBQLfzcCWlhFR+mZZ2rZyLOLQ8CXXDDA\n--- " + "A".repeat(43) + "\n" + "x".repeat(32);
            unlock.passphrase("x".toCharArray());
            error = refused(secret("costly", scrypt), unlock);
            assertEquals("excessive-work", error.kind());
            assertEquals(OptionalInt.of(25), error.found());
        }
        String text = "fugo-key 1\nkind: root\nuse: test\ntag: 0e84213b\nkey: " + Known.hex(Known.ROOT) + "\n";
        KeyFileException error =
                assertThrows(KeyFileException.class, () -> KeyFile.parse(text.getBytes(StandardCharsets.US_ASCII)));
        assertEquals("tag-mismatch", error.kind());
        assertEquals(OptionalInt.of(4), error.line());
        Path open = secret("open.key", text.replace("13b", "13a"));
        KeyFile.loadTestKey(open).close();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals("others-can-read", assertThrows(KeyFileException.class, () -> KeyFile.loadTestKey(open)).kind());
    }

    @Test
    void aTestKeyIsRefusedWhereItWasNotAskedFor() throws IOException {
        String text = "fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: " + Known.hex(Known.ROOT) + "\n";
        Path path = secret("test.key", text);
        try (Unlock nothing = new Unlock();
                Unlock tests = new Unlock()) {
            assertEquals("test-key", refused(path, nothing).kind());
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            assertEquals("test-key", assertThrows(KeyFileException.class, () -> KeyFile.open(bytes, nothing)).kind());
            tests.testKeys();
            KeyFile.load(path, tests).close();
            try (KeyFile file = KeyFile.open(bytes, tests)) {
                assertEquals(Known.ROOT_TAG, file.tag().toString());
                assertThrows(IllegalStateException.class, () -> file.derive(Scope.parse(Known.SCOPE)));
            }
        }
        KeyFile.loadTestKey(path).close();
    }

    @Test
    void theFileAtFaultIsNamed() throws IOException {
        Path key = directory.resolve("absent.key");
        Path empty = secret("empty", "\n");
        Path bad = secret("bad", "AGE-SECRET-KEY-1QQQ\n");
        Path present = secret("present.key", "");
        try (Unlock unlock = new Unlock().testKeys();
                Seal seal = Seal.passphrase("a long passphrase".toCharArray());
                KeyFile file = production()) {
            isNamed("key file", key, () -> KeyFile.load(key, unlock));
            isNamed("key file", key, () -> KeyFile.loadTestKey(key));
            isNamed("passphrase file", empty, () -> unlock.passphraseFile(empty));
            isNamed("identity file", bad, () -> unlock.identityFile(bad));
            isNamed("key file", present, () -> file.create(present, seal));
        }
        KeyFileException error = assertThrows(KeyFileException.class, () -> KeyFile.parse(new byte[0]));
        assertEquals(Optional.empty(), error.path());
    }

    private static void isNamed(String what, Path path, Executable use) {
        KeyFileException error = assertThrows(KeyFileException.class, use);
        assertEquals(Optional.of(path), error.path());
        assertTrue(error.getMessage().startsWith(what + " " + path + ": "), error::getMessage);
    }

    @Test
    void nullIsRefusedAtEveryDoor() {
        assertThrows(NullPointerException.class, () -> KeyFile.loadTestKey(null));
        assertThrows(NullPointerException.class, () -> KeyFile.load(directory, null));
        assertThrows(NullPointerException.class, () -> KeyFile.parse(null));
        assertThrows(NullPointerException.class, () -> KeyFile.of((RootKey) null, Use.TEST));
        try (RootKey root = Known.root();
                Unlock unlock = new Unlock().testKeys()) {
            assertThrows(NullPointerException.class, () -> KeyFile.of(root, null));
            assertThrows(NullPointerException.class, () -> unlock.passphrase(null));
            assertThrows(NullPointerException.class, () -> unlock.passphraseFile(null));
            assertThrows(NullPointerException.class, () -> unlock.identityFile(null));
        }
        assertThrows(NullPointerException.class, () -> Seal.passphrase(null));
        assertThrows(NullPointerException.class, () -> Seal.recipients(null));
    }
}
