"""The words of questions, Persian and English, as people type them: what each one asks for."""

from __future__ import annotations

from sebghat import letters


def _words(text: str) -> frozenset[str]:
    return frozenset(letters.key(word) for word in text.split())


# Words round a question that change nothing of it.
FILLERS = _words(
    """و با در رو را تو توی بین میان کن کنید کنم بکن بده بدید بدین بدی بدهید بگو بگید بگین بگی میگی بگم نشان نشون
    چند چندتا چنتا چندنفر چن چنده تا تاست دونه چقدر چقدره چقد چقده چیه چی چه قدر چطوره چطور چگونه کدام کدوم
    کدومش کدومشون کدومه کدومن کدامه هر چندتاست چندتان کدامیک کدامشان یک داره دارد دارند دارن داشت داشته داشتن
    است هست هستش هستن هستند اند بود بوده شده شد میشه باشه لطفا لطفاً لطفن پلیز الان الآن اکنون حالا فعلا حاضر
    حال امروز امروزه برای واسه درباره راجع مورد درمورد های ها ی ای اش ش شون سلام درود نسبت به که میزان مقدار
    فعال نفر نفره نفرن آدم کل جمعا مجموعا مجموع می میخوام خوام میخواهم خواهم میخواستم بدونم بدانم ببینم میدونی
    دونی میتونی تونی میشود شود کنه کنن کنند میکنه میکنن میکنند کنیم چرا آیا ایا یعنی خب دقیقا دقیق تقریبا حدودا
    حدود جدید جدیدترین آخرین اخرین تازه ترین تر این اون آن اینه همین هم خود خودش خودت توسط یه یهو بهم بهشون مال
    متعلق وضعیت وضع اوضاع نفرند نفری تان تره نگاه بنداز شدن بپرسم پرسید بپرس چقدرن چقدرند نظرت نظر بقیه توش توشه
    تویش اخیر اخیرا اخیراً جذب جلب میلیون میلیونه هزار مگه مگر پس فقط اصلا اصلاً هنوز دیگه تاکنون الانش سالم
    بالاخره راستی ببخشید ممکنه میتونید میتونین توانی توانید بگویید بفرمایید بفرست بفرستید نشونم برام برایم
    برامون ازش دارای الی چیست کیست چند‌نفر اینکه آمد اومده رسیده رسید میرسه عددش بیار بیارید لیست فهرست نتیجه
    مشخصه مشخص تا‌حالا حالا‌حاضر مرسی ممنون خسته نباشید عزیز داداش دوست کیه رسمی and with in of for the to as me
    us i we you it its that this a an at by on from up show tell give say how many much what whats what's which
    is are was were has have had does do did can could would please now between there got number numbers total
    currently current today latest newest last recent right know still yet ever already far big large these days
    nowadays million thousand any some more-or-less into within among how's there's i'd i'm would've s' estimate
    estimated approximately roughly exactly list over country pls plz thx want when each every like let see find
    hey hi hello about people person active actually really so ok then why chand chandta chanta chan ta ghadr cheghadr
    cheghad cheqadr che chi chie chiye kodum kodom dare darad daran daare az hame alan mige begid begu begoo lotfan"""
)
# Fillers that ask for a number all the same.
HOW_MANY = _words("چند چندتا چنتا چن چنده چندتاست چقدر چقدره چقد چقده many much number numbers total chand chandta")
# Words that ask for figures: with one of them even an everyday word may be a name.
USERS = _words(
    """کاربر کاربران کاربرا کاربرها کاربرای کاربرهای کاربرانش کاربراش کاربرهاش کاربراشو کاربره کاربرارو کاربری
    کاربرانی کاربرش ممبر ممبرها ممبرای ممبراش یوزر یوزرا یوزرای یوزرها یوزرهای یوزرهاش یوزراش تعداد تعدادش شمار
    شمارش آمار آمارش آماری آمارو آماره رقم رقمش رقمهای جمعیت جمعیتش استفاده عدد user users user's users'
    userbase stats stat statistics figures figure count counts use uses using used karbar karbara karbaran karbarane
    tedad tedade amar amare"""
)
# Words that set one beside another.
JOINING = _words("و با and with va ba")
THAN = _words("از یا az ya")
COMPARING = _words(
    """از یا بیشتر بیشتره بیشترن بیشترند بیشتری بیش کمتر کمتره کمتری جلوتر جلوتره عقب عقبه عقبتره عقبتر بزرگتر
    بزرگتره بزرگ کوچکتر کوچیکتر کوچیکتره بالاتر بالاتره پایینتر پایینتره مقایسه مقایسش فرق فرقش مقابل برابر
    اختلاف اختلافشون فاصله فاصلشون تفاوت تفاوتش پرکاربرتر پرکاربرتره پرطرفدارتر پرطرفدارتره پیشتازه رقابت or vs
    versus v than more bigger larger smaller less fewer ahead behind compare compares compared comparison
    against difference gap lead leads leading higher lower popular ya bishtar bishtare bishtaran kamtar kamtare jolotar
    jolotare bozorgtar bozorgtare moghayese"""
)
OVERTAKING = _words(
    """جلو جلوی زده زد زدن بزنه میزنه پیش پیشی افتاده افتاد افتادن بیفته گرفته گرفت گرفتن گرفتنها سبقت سبقتها رد
    کرده کرد کردن عبور بگذره گذشت گذشته بگذرد بگیره بگیرد تونست تونسته توانست توانسته بزند رقیب رقیبش رقیباش
    رقبا رقباش رقیبان pass passes passed passing overtake overtakes overtook overtaken overtaking overtakings
    surpass surpassed surpasses outgrow outgrew beat beaten beats jelo jolo zade zad pish
    oftade oftad sebghat gerefte"""
)
MOST = _words(
    """بیشترین بیشترینه پرکاربرترین پرکاربر پر بزرگترین بزرگترینه محبوبترین محبوب پرطرفدارترین پرطرفدار طرفدار
    برترین برتر برترینها رتبه رتبش رتبهبندی بندی رنکینگ رنک ترتیب ردهبندی رده اول اوله صدر نخست جایگاه جایگاهش
    most biggest largest top ranking rank ranks rankings ranked order leader first number-one bishtarin
    porkarbartarin"""
)
OVER_TIME = _words(
    """سالها سالهای تاریخچه سابقه سابقش روند روندش رشد رشدش گذر زمان گذشته قبلی قبلا قبل تغییرات تغییر نمودار
    نمودارش سیر history trend trends growth grown grew over time timeline evolution chart past changed change
    changes"""
)
# Words that ask for a picture.
PICTURE = _words("نمودار نمودارش نمودارشان chart graph plot")
DIFFERENCE = _words("فاصله اختلاف difference margin")
# Words for all that is measured.
MESSENGERS = _words(
    """پیامرسان پیامرسانها پیامرسانهای پیامرسانا پیامرسانی مسنجر مسنجرها مسنجرا مسنجرهای شبکه شبکهها شبکههای
    اجتماعی اپ اپها اپلیکیشن برنامه برنامهها ایرانی ایرونی داخلی خارجی بومی وطنی داخلیا خارجیا همشون messenger
    messengers app apps platform platforms network networks social iranian domestic foreign payamresan payamresana
    payamresanha payamresane irani dakheli khareji"""
)
WHO = _words(
    """کی کیا کیو کیها کسی کس کسایی دیگه دیگر دیگری هیچ هیچکدوم همه who whom anyone anybody any other others one"""
)
SAME = {
    "روز": "روزانه",
    "روزی": "روزانه",
    "ماهی": "ماهانه",
    "دنیا": "جهان",
    "دنیاست": "جهان",
    "جهانی": "جهان",
    "worldwide": "world",
    "global": "world",
    "globally": "world",
}
ALL = _words("همه همشون همهشون all everything")
ROUND_A_DATE = FILLERS | USERS | MESSENGERS
SAY_NOTHING = FILLERS | USERS | COMPARING | OVERTAKING | MOST | OVER_TIME | MESSENGERS | WHO | ALL
# What is talk, by what is said to it; a text of these kinds is short, or ABOUT to the letter.
TALK = {
    "thanks": _words("مرسی ممنون ممنونم متشکرم متشکریم تشکر سپاس دمت دمتون thanks thank thx merci mamnoon"),
    "hello": _words("سلام درود خسته نباشید نباشی hi hello hey salam"),
    "talk": _words("خداحافظ بای اوکی اوکیه باشه خوبی چطوری آره نه عالی ok okay bye yes no"),
}
ABOUT = frozenset(
    map(
        letters.key,
        (
            *(
                "این ربات چیه",
                "این بات چیه",
                "این چیه",
                "این ربات چیست",
                "این ربات چه کار می‌کند",
                "این ربات چیکار میکنه",
            ),
            *("تو کی هستی", "شما کی هستید", "شما کی هستین", "تو چی هستی", "کی هستی", "چیکار میکنی", "چکار میکنی"),
            *("چه کار میکنی", "چه کاری بلدی", "چی بلدی", "کارت چیه", "کار این ربات چیه", "چه خبره", "اینجا چه خبره"),
            *("who are you", "what are you", "what is this", "what's this", "what can you do", "what do you do"),
        ),
    )
)
# Whole sentences that ask for the source of what was said.
DOUBT = frozenset(
    map(
        letters.key,
        (
            "کی گفته", "کی گفت", "کی میگه", "کی گفته اینو", "چه کسی گفته", "منبعش", "منبعش چیه", "منبعت چیه",
            "منبع چیه", "از کجا معلوم", "از کجا میدونی", "از کجا میگی", "مطمئنی", "مطمئنید", "who says", "who says so",
            "who said so", "says who", "are you sure", "what is your source", "what's your source",
        ),
    )
)  # fmt: skip
