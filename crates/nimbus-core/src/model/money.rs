//! Amounts of money.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths of one US dollar in a dollar.
const MICROS: f64 = 1_000_000.0;

/// An amount in millionths of a US dollar. On the wire and in JSON it is a number of dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(u64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many millionths of a dollar.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// So many dollars, rounded to the next millionth up, so that many small costs never add up to
    /// nothing. None when that is no amount: negative, or not a finite number.
    #[must_use]
    pub fn from_usd(dollars: f64) -> Option<Self> {
        if !dollars.is_finite() || dollars < 0.0 {
            return None;
        }
        // What lies a billionth above a whole number came from binary fractions, not from a cost.
        let micros = dollars * MICROS;
        let micros = if micros - micros.floor() < 1e-3 { micros.floor() } else { micros.ceil() };
        Some(Self(micros as u64))
    }

    /// In millionths of a dollar.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// In dollars.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.0 as f64 / MICROS
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of it after `other`; nothing when that is more.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Money {
    /// As `$1.25`, with as many places as it takes below a cent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = match self.0 {
            micros if micros % 10_000 == 0 => 2,
            micros if micros % 100 == 0 => 4,
            _ => 6,
        };
        write!(f, "${:.places$}", self.usd())
    }
}

/// What a person allows to be spent in a month, and how much of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// What is allowed.
    pub cap: Money,
    /// What is spent.
    pub spent: Money,
}

impl Budget {
    /// Whether nothing may be asked any more that costs.
    #[must_use]
    pub fn is_used_up(self) -> bool {
        self.spent >= self.cap
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.usd())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        Self::from_usd(dollars).ok_or_else(|| serde::de::Error::custom("an amount of dollars is 0 or more"))
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn a_cost_is_never_rounded_to_nothing() {
        assert_eq!(Money::from_usd(0.000_000_3), Some(Money::from_micros(1)));
        assert_eq!(Money::from_usd(0.1 + 0.2), Some(Money::from_micros(300_000)));
        assert_eq!(Money::from_usd(f64::NAN), None);
        assert_eq!(Money::from_usd(-1.0), None);
    }

    #[test]
    fn is_dollars_on_the_wire_and_for_people() -> Result<(), serde_json::Error> {
        assert_eq!(serde_json::to_string(&Money::from_micros(1_250_000))?, "1.25");
        assert_eq!(serde_json::from_str::<Money>("0.0042")?, Money::from_micros(4_200));
        assert!(serde_json::from_str::<Money>("-1").is_err());
        let shown = [1_250_000, 4_200, 17].map(|micros| Money::from_micros(micros).to_string());
        assert_eq!(shown, ["$1.25", "$0.0042", "$0.000017"]);
        Ok(())
    }
}
