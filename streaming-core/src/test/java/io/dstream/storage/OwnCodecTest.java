package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.KeyValuePair;

/** Codecs of the program for classes of its own. */
class OwnCodecTest {

    private static final List<String> PACKAGES = List.of("io.dstream.storage");

    private final Codec<Object> codec = Codec.allowing(
            PACKAGES, Map.of(), Map.of(Money.class, new MoneyCodec(), KeyValuePair.class, new KeyValueCodec()));

    @Test
    void valuesOfTheTypeGoThroughIt() {
        assertThat(codec.decode(codec.encode(new Money("CHF", 12)))).isEqualTo(new Money("CHF", 12));
        assertThat(new String(codec.encode(new Money("CHF", 12)), StandardCharsets.UTF_8))
                .contains("CHF 12");
    }

    @Test
    void soDoThoseInsideOfOthers() {
        Object value = new ArrayList<>(Arrays.asList(
                Pair.of(new Money("CHF", 1), new Line("a", new Money("EUR", 2), Optional.of(new Money("USD", 3)))),
                Map.of(new Money("CHF", 4), List.of(new Money("CHF", 5), new Money("CHF", 6))),
                new Account(new Money("CHF", 7), null)));
        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    }

    @Test
    void itsTypeMustNotBeInAnArray() {
        assertRefused(() -> codec.encode(new Money[] {new Money("CHF", 8)}), "Money", "Use a list");
        assertRefused(() -> codec.encode(new Wallet(new Money[] {new Money("CHF", 8)})), "Money", "Use a list");
    }

    @Test
    void itsTypeNeedBeInNoAllowedPackage() {
        KeyValuePair value = new KeyValuePair("key", "value");
        assertThat(codec.decode(codec.encode(List.of(value)))).isEqualTo(List.of(value));
    }

    @Test
    void whatItsTypeConsistsOfNeedBeInNoAllowedPackageAndIsNoMoreAllowedElsewhere() {
        Codec<Object> strict = Codec.allowing(List.of(), Map.of(), Map.of(Basket.class, new BasketCodec()));
        List<Basket> baskets = List.of(new Basket(new Price(1, 2)), new Basket(new Price(3, 4)));
        assertThat(strict.decode(strict.encode(baskets))).isEqualTo(baskets);
        assertRefused(() -> strict.encode(new Price(1, 2)), "OwnCodecTest$Price must not be in files");
        byte[] price = Codec.allowing(PACKAGES).encode(List.of(new Price(1, 2)));
        assertRefused(() -> strict.decode(price), "OwnCodecTest$Price must not be in files");
    }

    @ParameterizedTest
    @MethodSource("prices")
    void whatIsWrittenAfterSomethingWasReadIsReadByAnotherRun(Object value) {
        byte[] written = withPriceCodec().encode(value);
        Codec<Object> next = withPriceCodec();
        assertThat(next.decode(written)).isEqualTo(value);
        byte[] rewritten = next.encode(value);
        assertThat(rewritten).isEqualTo(written);
        assertThat(withPriceCodec().decode(rewritten)).isEqualTo(value);
    }

    private static Codec<Object> withPriceCodec() {
        return Codec.allowing(PACKAGES, Map.of(), Map.of(Price.class, new PriceCodec()));
    }

    @ParameterizedTest
    @MethodSource("prices")
    void whatWasWrittenWithoutItIsRefused(Object value) {
        byte[] without = Codec.allowing(PACKAGES).encode(value);
        Codec<Object> with = withPriceCodec();
        assertRefused(() -> with.decode(without), "OwnCodecTest$Price was written without its codec");
        assertThat(with.decode(with.encode(value))).isEqualTo(value);
        assertRefused(() -> with.decode(without), "OwnCodecTest$Price was written without its codec");
    }

    @ParameterizedTest
    @MethodSource("prices")
    void whatWasWrittenWithItIsRefusedWithoutIt(Object value) {
        byte[] with = withPriceCodec().encode(value);
        Codec<Object> without = Codec.allowing(PACKAGES);
        assertRefused(() -> without.decode(with), "OwnCodecTest$Price was written by a codec");
        assertThat(without.decode(without.encode(value))).isEqualTo(value);
        assertRefused(() -> without.decode(with), "OwnCodecTest$Price was written by a codec");
    }

    static Stream<Object> prices() {
        Price price = new Price(12, 34);
        return Stream.of(
                price,
                List.of(price, price),
                Map.of(price, 1),
                Map.of(1, price),
                Pair.of("a", price),
                Optional.of(price),
                new Offer("a", price, List.of(price)),
                List.of(new Offer("a", price, List.of()), new Offer("b", price, List.of(price))));
    }

    @Test
    void aFailureOfItIsToldWithItsName() {
        Codec<Object> failing = Codec.allowing(PACKAGES, Map.of(), Map.of(Money.class, new Codec<Money>() {
            @Override
            public byte[] encode(Money value) {
                throw new IllegalStateException("no money");
            }

            @Override
            public Money decode(byte[] bytes) {
                throw new IllegalStateException("money gone");
            }
        }));
        assertRefused(() -> failing.encode(List.of(new Money("CHF", 1))), "OwnCodecTest", "Money", "no money");
        byte[] bytes = codec.encode(new Money("CHF", 1));
        assertRefused(() -> failing.decode(bytes), "OwnCodecTest", "Money", "money gone");
    }

    @Test
    void aLengthThatTheBytesDoNotHaveTakesNoMemory() {
        byte[] bytes = codec.encode(new Money("CHF", 12));
        int lengthAt = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("CHF") - 1;
        byte[] max = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 7};
        byte[] crafted = Arrays.copyOf(bytes, lengthAt + max.length);
        System.arraycopy(max, 0, crafted, lengthAt, max.length);
        assertRefused(() -> codec.decode(crafted), "Money has 2147483647 bytes, but there are 0");
    }

    @Test
    void aTypeThatObjectsDoNotHaveIsRefused() {
        for (Class<?> type :
                List.of(Object.class, Number.class, Runnable.class, TimeUnit.class, int[].class, int.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Codec.allowing(List.of(), Map.of(), Map.of(type, new MoneyCodec())))
                    .withMessageContaining("must be for the class that objects have")
                    .withMessageContaining(type.getName());
        }
    }

    @Test
    void aTypeOfTheJdkIsRefused() {
        for (Class<?> type : List.of(String.class, Instant.class, ArrayList.class, Thread.class, Pair.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Codec.allowing(List.of(), Map.of(), Map.of(type, new MoneyCodec())))
                    .withMessageContaining("must be for a class of the program")
                    .withMessageContaining(type.getName());
        }
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(call::run)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(parts));
    }

    /** Nothing of it is written without a codec. */
    static final class Money {

        private final transient String currency;
        private final transient long amount;

        Money(String currency, long amount) {
            this.currency = currency;
            this.amount = amount;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Money money && money.currency.equals(currency) && money.amount == amount;
        }

        @Override
        public int hashCode() {
            return Objects.hash(currency, amount);
        }
    }

    record Line(String name, Money price, Optional<Money> discount) {}

    static final class Account {

        private final Money total;
        private final Money limit;

        Account(Money total, Money limit) {
            this.total = total;
            this.limit = limit;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Account account
                    && Objects.equals(account.total, total)
                    && Objects.equals(account.limit, limit);
        }

        @Override
        public int hashCode() {
            return Objects.hash(total, limit);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Wallet(Money[] money) {}

    record Price(int amount, int scale) {}

    record Offer(String name, Price price, List<Price> others) {}

    record Basket(Price total, List<Price> prices, Runnable whenPaid) {

        Basket(Price total) {
            this(total, List.of(total), () -> {});
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Basket basket && basket.total.equals(total);
        }

        @Override
        public int hashCode() {
            return total.hashCode();
        }
    }

    private static final class BasketCodec implements Codec<Basket> {

        @Override
        public byte[] encode(Basket value) {
            return new PriceCodec().encode(value.total);
        }

        @Override
        public Basket decode(byte[] bytes) {
            return new Basket(new PriceCodec().decode(bytes));
        }
    }

    private static final class PriceCodec implements Codec<Price> {

        @Override
        public byte[] encode(Price value) {
            return new byte[] {(byte) value.amount, (byte) value.scale};
        }

        @Override
        public Price decode(byte[] bytes) {
            return new Price(bytes[0], bytes[1]);
        }
    }

    private static final class MoneyCodec implements Codec<Money> {

        @Override
        public byte[] encode(Money value) {
            return (value.currency + " " + value.amount).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Money decode(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 2);
            return new Money(parts[0], Long.parseLong(parts[1]));
        }
    }

    private static final class KeyValueCodec implements Codec<KeyValuePair> {

        @Override
        public byte[] encode(KeyValuePair value) {
            return (value.key + "=" + value.value).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public KeyValuePair decode(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split("=", 2);
            return new KeyValuePair(parts[0], parts[1]);
        }
    }
}
