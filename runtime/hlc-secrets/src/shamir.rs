//! Shamir's secret sharing over GF(2⁸), as sops splits a data key between groups: each part is the values of one
//! polynomial per byte, with the part's x at its end.

use aes_gcm::aead::OsRng;
use aes_gcm::aead::rand_core::RngCore as _;
use zeroize::Zeroizing;

/// Product in GF(2⁸) modulo x⁸ + x⁴ + x³ + x + 1, in constant time.
fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0u8;
    for bit in (0..8).rev() {
        let reduce = (product >> 7).wrapping_neg() & 0x1b;
        let add = ((b >> bit) & 1).wrapping_neg() & a;
        product = (product << 1) ^ reduce ^ add;
    }
    product
}

/// `a` to the 254th power, which is its inverse; 0 for 0.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    for _ in 0..6 {
        power = multiply(multiply(power, power), a);
    }
    multiply(power, power)
}

/// Puts a secret together from its parts; `None` when they do not belong together.
pub(crate) fn combine(parts: &[Zeroizing<Vec<u8>>]) -> Option<Zeroizing<Vec<u8>>> {
    let length = parts.first()?.len();
    if parts.len() < 2 || length < 2 || parts.iter().any(|part| part.len() != length) {
        return None;
    }
    let places: Vec<u8> = parts.iter().map(|part| part.last().copied()).collect::<Option<_>>()?;
    let distinct: std::collections::BTreeSet<_> = places.iter().collect();
    if distinct.len() != places.len() || places.contains(&0) {
        return None;
    }
    // Lagrange's weights at 0: the product of x_j / (x_j - x_i) over all others.
    let weights: Vec<u8> = places
        .iter()
        .map(|own| {
            places
                .iter()
                .filter(|other| *other != own)
                .fold(1, |weight, other| multiply(weight, multiply(*other, inverse(*other ^ *own))))
        })
        .collect();
    let mut secret = Zeroizing::new(vec![0; length - 1]);
    for (part, weight) in parts.iter().zip(&weights) {
        for (byte, value) in secret.iter_mut().zip(part.iter()) {
            *byte ^= multiply(*value, *weight);
        }
    }
    Some(secret)
}

/// Splits a secret into `count` parts of which `needed` give it back; `None` unless 2 ≤ needed ≤ count ≤ 255.
pub(crate) fn split(secret: &[u8], count: usize, needed: usize) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    if needed < 2 || needed > count || secret.is_empty() {
        return None;
    }
    let last = u8::try_from(count).ok()?;
    let mut coefficients = Zeroizing::new(vec![0; secret.len() * (needed - 1)]);
    OsRng.fill_bytes(&mut coefficients);
    let parts = (1..=last).map(|x| {
        let bytes = secret.iter().zip(coefficients.chunks(needed - 1));
        // Horner: the highest power first, the secret's byte last.
        let values =
            bytes.map(|(byte, powers)| multiply(powers.iter().fold(0, |sum, c| multiply(sum, x) ^ c), x) ^ byte);
        Zeroizing::new(values.chain([x]).collect::<Vec<u8>>())
    });
    Some(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_inverse() {
        for number in 1..=255u8 {
            assert_eq!(multiply(number, inverse(number)), 1, "{number}");
        }
        assert_eq!(multiply(0x57, 0x83), 0xc1, "the example of FIPS 197, section 4.2");
    }

    #[test]
    fn any_parts_that_suffice_give_the_secret_back() {
        let secret = b"thirty-two bytes of a data key..";
        let parts = split(secret, 5, 3).unwrap();
        for chosen in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            let chosen: Vec<_> = chosen.iter().map(|&part: &usize| parts[part].clone()).collect();
            assert_eq!(combine(&chosen).unwrap().as_slice(), secret);
        }
        assert_ne!(combine(&parts[..2]).unwrap().as_slice(), secret);
        assert_eq!(combine(&parts).unwrap().as_slice(), secret);
        assert!(combine(&[parts[0].clone(), parts[0].clone()]).is_none());
        assert!(split(secret, 2, 3).is_none() && split(secret, 2, 1).is_none());
    }
}
