package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A handle that is closed, forgotten, forged or closed during a call causes an exception at worst. */
class HandleTest {
    private static void isClosed(Executable use) {
        assertThrows(IllegalStateException.class, use);
    }

    @Test
    void everyCallOnSomethingClosedIsRefused() {
        MyNumber number = MyNumber.parse(Known.NUMBER);
        Scope scope = Scope.parse(Known.SCOPE);
        ScopeKey open = Known.scopeKey(Known.SCOPE);

        RootKey root = Known.root();
        root.close();
        root.close();
        isClosed(() -> root.scopeKey(scope));
        isClosed(root::tag);
        isClosed(root::hashCode);
        isClosed(() -> KeyFile.of(root, Use.TEST));
        assertEquals(root, root);
        isClosed(() -> root.equals(Known.root()));
        isClosed(() -> Known.root().equals(root));
        assertEquals("RootKey(..)", root.toString());

        ScopeKey key = Known.scopeKey(Known.SCOPE);
        key.close();
        isClosed(key::tag);
        isClosed(() -> SymbolKey.of(key));
        isClosed(() -> SymbolKey.eligibility(key, open));
        isClosed(() -> SymbolKey.eligibility(open, key));
        isClosed(() -> IssuerKey.of(key));
        isClosed(() -> KeyFile.of(key, Use.TEST));
        isClosed(key::scope);

        SymbolKey symbols = Known.symbolKey(Known.SCOPE);
        symbols.close();
        isClosed(() -> symbols.symbol(number));
        isClosed(() -> symbols.symbols(new byte[12]));
        isClosed(() -> symbols.symbols(new byte[12], 0, new byte[16], 0, 1));
        isClosed(() -> symbols.symbols(ByteBuffer.allocate(12), ByteBuffer.allocate(16)));
        isClosed(() -> symbols.symbols(List.of(Known.NUMBER)));
        isClosed(() -> symbols.convert(new byte[0]));
        isClosed(() -> symbols.text(Symbol.of(Purpose.AGENCY, Known.bytes(Known.AGENCY))));
        isClosed(() -> symbols.parseText(Known.AGENCY_TEXT));
        isClosed(symbols::scope);
        isClosed(symbols::tag);

        ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
        IssuerKey issuer = IssuerKey.of(eligibility);
        issuer.close();
        isClosed(() -> issuer.symbol(Symbol.of(Purpose.INSURERS, Known.bytes(Known.AGENCY))));
        isClosed(() -> issuer.symbols(new byte[16]));
        isClosed(() -> issuer.text(Symbol.of(Purpose.ELIGIBILITY, Known.bytes(Known.AGENCY))));
        isClosed(() -> issuer.parseText(Known.ELIGIBILITY_TEXT));
        isClosed(issuer::scope);
        isClosed(issuer::tag);

        KeyFile file = KeyFile.of(open, Use.TEST);
        file.close();
        isClosed(file::isRoot);
        isClosed(file::scopeKey);
        isClosed(file::tag);
        isClosed(file::usage);
        isClosed(() -> file.derive(scope));
        Unlock unlock = new Unlock();
        unlock.close();
        isClosed(() -> unlock.passphrase("x".toCharArray()));
        isClosed(() -> KeyFile.load(java.nio.file.Path.of("absent"), unlock));
        Seal seal = Seal.plaintext();
        seal.close();
        isClosed(() -> KeyFile.of(open, Use.TEST).create(java.nio.file.Path.of("absent"), seal));
        Lineage lineage = Lineage.of(List.of());
        lineage.close();
        isClosed(() -> lineage.first(number));
        isClosed(lineage::size);
    }

    @Test
    void aHandleOfAnotherKindOrOfNothingIsRefused() {
        try (RootKey root = Known.root()) {
            long handle = root.value();
            isClosed(() -> Native.symbol(handle, Known.NUMBER.getBytes()));
            isClosed(() -> Native.scopeOf(handle));
            isClosed(() -> Native.loadKeyFile(new byte[0], handle));
            long[] all = {0, -1, 1, 0xdeadbeefL, Long.MAX_VALUE, Long.MIN_VALUE, handle + (1L << 32), handle + 16};
            for (long forged : all) {
                isClosed(() -> Native.tag(forged));
                Native.close(forged);
            }
            assertEquals(Known.ROOT_TAG, root.tag().toString());
        }
    }

    @Test
    void aSlotThatIsUsedAgainDoesNotAnswerToItsOldHandle() {
        List<Long> old = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            try (RootKey root = Known.root()) {
                old.add(root.value());
            }
        }
        List<RootKey> alive = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            alive.add(Known.root());
        }
        assertEquals(1000, old.stream().distinct().count());
        for (long handle : old) {
            isClosed(() -> Native.tag(handle));
            Native.close(handle);
        }
        alive.forEach(root -> assertEquals(Known.ROOT_TAG, root.tag().toString()));
        alive.forEach(RootKey::close);
    }

    @Test
    void aKeyServesSeveralThreads() throws InterruptedException {
        byte[] rows = Known.rows(2000);
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            byte[] expected = key.symbols(rows);
            AtomicInteger right = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 20; i++) {
                        if (java.util.Arrays.equals(expected, key.symbols(rows))) {
                            right.incrementAndGet();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(160, right.get());
        }
    }

    @Test
    void closingUnderCallsGivesRightSymbolsAndThenRefusals() throws InterruptedException {
        MyNumber number = MyNumber.parse(Known.NUMBER);
        byte[] rows = Known.rows(1500);
        byte[] expected = Known.symbolKey(Known.SCOPE).symbols(rows);
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger right = new AtomicInteger();
        AtomicReference<Throwable> other = new AtomicReference<>();
        for (int round = 0; round < 200; round++) {
            SymbolKey key = Known.symbolKey(Known.SCOPE);
            CountDownLatch started = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                boolean batch = t == 0;
                threads.add(new Thread(() -> {
                    started.countDown();
                    try {
                        while (true) {
                            boolean same = batch
                                    ? java.util.Arrays.equals(expected, key.symbols(rows))
                                    : key.symbol(number).hex().equals(Known.AGENCY);
                            if (!same) {
                                throw new AssertionError("another symbol");
                            }
                            right.incrementAndGet();
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    } catch (Throwable e) {
                        other.set(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            started.await();
            Thread.sleep(0, round * 5000);
            key.close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(null, other.get());
        assertEquals(600, refused.get());
        assertTrue(right.get() > 600, "calls came through before: " + right.get());
    }

    @Test
    void whatIsForgottenIsClosedAfterItWasCollected() throws InterruptedException {
        long before = Native.heldNow();
        long[] handles = new long[200];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = Known.root().value();
        }
        assertTrue(Native.heldNow() > before, "they are alive");
        for (int i = 0; i < 100 && isAlive(handles); i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertFalse(isAlive(handles));
    }

    private static boolean isAlive(long[] handles) {
        for (long handle : handles) {
            try {
                Native.tag(handle);
                return true;
            } catch (IllegalStateException e) {
                // The key was closed by then.
            }
        }
        return false;
    }

    @Test
    void aPanicStopsAtTheBoundaryAndSaysNothing() {
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            long handle = key.value();
            InternalError error = assertThrows(
                    InternalError.class,
                    () -> Native.symbols(handle, 0, Known.NUMBER.getBytes(), 0, new byte[16], 0, -1));
            assertEquals("fugo's native library has a bug; please report it", error.getMessage());
            assertThrows(InternalError.class, () -> Native.encode(99, 0, new byte[16]));
            assertEquals(Known.AGENCY, key.symbol(MyNumber.parse(Known.NUMBER)).hex());
        }
    }

    @Test
    void arraysThatAreTooShortForTheLibraryAreRefusedByIt() {
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            long handle = key.value();
            assertThrows(InternalError.class, () -> Native.symbols(handle, 0, new byte[11], 0, new byte[16], 0, 1));
            assertThrows(InternalError.class, () -> Native.symbols(handle, 0, new byte[12], 0, new byte[15], 0, 1));
            assertThrows(InternalError.class, () -> Native.symbols(handle, 0, new byte[12], -1, new byte[16], 0, 1));
            assertThrows(InternalError.class, () -> Native.symbol(handle, new byte[11]));
            assertThrows(NullPointerException.class, () -> Native.symbol(handle, null));
            assertNotEquals(0, handle);
        }
    }
}
